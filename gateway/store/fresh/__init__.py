"""How far memory may lag behind the database."""
