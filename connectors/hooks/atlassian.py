"""After connecting Atlassian: which of the person's sites the connection is for.

The API's address holds the cloud id of a site, which only the list of accessible resources tells.
https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
"""

from __future__ import annotations

from connectors import AccountUnfit, AccountUnreadable, PostConnectionContext, as_text, dig

SITES = "https://api.atlassian.com/oauth/token/accessible-resources"


async def post_connection(ctx: PostConnectionContext) -> None:
    """Add ``cloud_id`` and ``site_url`` of the site that the person named.

    Raises ``AccountUnfit`` if it is not among those that were allowed, ``AccountUnreadable`` if the
    list or the site's id cannot be read.
    """
    answer = await ctx.fetch(SITES)
    sites = answer.json() if answer.status == 200 else None
    if not isinstance(sites, list):
        raise AccountUnreadable(f"the list of sites answered {answer.status}")
    wanted = f"https://{ctx.connection_config['site']}.atlassian.net"
    for site in sites:  # a site may come twice, once per product: with the same id
        if dig(site, "url") == wanted:
            cloud_id = as_text(dig(site, "id"))
            if cloud_id is None:
                raise AccountUnreadable("the site has no id")
            ctx.update_metadata({"cloud_id": cloud_id, "site_url": wanted})
            return
    raise AccountUnfit("the site is not among those that were allowed")
