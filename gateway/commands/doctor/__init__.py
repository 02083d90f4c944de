"""``gateway doctor``: what is right and wrong with a deployment, without changing anything."""
