"""For every check, a connector that breaks it, and part of the message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from connectors.account import account_lookup
from connectors.config_types import ErrorInSuccess, Revocation, ScopeSet
from gateway.testing.checks.faults import AT_THE_API, FAULTS
from gateway.testing.subject import Subject
from tests.support import careless
from tests.support.careless import USERINFO
from tests.support.subjects import Change, described, expected, simulated, subject_of


@dataclass(frozen=True)
class Broken:
    """``says`` is part of the message. With ``overlooked`` the connector is intact and a fault does
    not arrive: nothing that a description can say makes the gateway take such an answer for a good
    one.
    """

    connector: str
    change: Change
    says: str
    overlooked: bool = False

    @property
    def subject(self) -> Subject:
        """The broken connector."""
        return self.change(subject_of(self.connector))


def _any_shop_name(subject: Subject) -> Subject:
    shop = replace(subject.config.connection_config["shop"], pattern=".*")
    return described(connection_config={"shop": shop})(subject)


def _one_person(subject: Subject) -> Subject:
    return expected(people=(subject.people[0],) * 2)(subject)


def _another_data_centre(subject: Subject) -> Subject:
    wanted = subject.config.connection_config["data_centre"]
    choices = {**wanted.choices, "zoho.example": {"title": "Nowhere"}}
    return described(connection_config={"data_centre": replace(wanted, choices=choices)})(subject)


def _headless(subject: Subject) -> Subject:
    return replace(subject, header="")


def _broken(connector: str, change: Change, says: str) -> Broken:
    return Broken(connector, change, says)


BROKEN: dict[str, Broken] = {
    # description
    "its name is its key in the catalog": _broken(
        "google", described(name="googol"), 'named "googol"'
    ),
    "every address is https": _broken(
        "google", described(api_base_url="http://localhost/api"), "api_base_url is not https"
    ),
    "every missing variable is named": _broken(
        "google", careless.without_variables, "can be made without OAUTH_GOOGLE_CLIENT_ID"
    ),
    "its header is complete": _broken("google", _headless, 'no "Quirks:"'),
    "its token goes to the provider's API and nowhere else": _broken(
        "google",
        described(api_hosts=("openidconnect.googleapis.com", "elsewhere.example")),
        "elsewhere.example is not a host",
    ),
    "it knows the codes of a missing approval": _broken(
        "google", described(approval_codes=frozenset()), "approval_codes: [], and the provider"
    ),
    "it says how long a used refresh token works": _broken(
        "google", described(refresh_rotation="rotates"), "rotation and grace are ('rotates', 0)"
    ),
    "it revokes if the provider can": _broken(
        "google", described(revocation_url=None, revocation=Revocation()), "has a revocation"
    ),
    "what people type is understood": _broken("shopify", _any_shop_name, "is accepted"),
    "what people type cannot lead to another host": _broken(
        "shopify", _any_shop_name, "the pattern of shop takes ''"
    ),
    "it has two people who connect": _broken("google", _one_person, "two different ones"),
    # samples
    "the documented token answer is read": _broken(
        "slack",
        described(alternate_access_token_response_path=None, token_types=frozenset({"bot"})),
        "access_token is read as 'xoxe.xoxb-1-FAKE'",
    ),
    "the documented refresh answer is read": _broken(
        "google", expected(refresh=None), "the answer to a refresh is needed"
    ),
    "an answer without the token is an error": _broken(
        "slack",
        described(alternate_access_token_response_path=None, token_types=frozenset({"bot"})),
        "in an answer that has none",
    ),
    "documented errors are understood": _broken(
        "slack", described(error_codes={}), "expected TokenRejected"
    ),
    "a refresh token that the provider refuses is a dead one": _broken(
        "atlassian", described(error_codes={}), "expected TokenRejected"
    ),
    "the documented account is read": _broken(
        "google",
        described(fetch_account_info=account_lookup(url=USERINFO, id="sub", label="name")),
        "account_label is",
    ),
    "an account without its id is an error": _broken(
        "google", described(fetch_account_info=careless.hides_failures), "the account 'unknown'"
    ),
    # journey
    "the authorization request says what is expected": _broken(
        "slack", described(scope_separator=" "), "refuses the authorization request"
    ),
    "each choice leads to a page of the provider": _broken(
        "zoho-crm", _another_data_centre, "no authorization page at accounts.zoho.example"
    ),
    "a person connects": _broken(
        "google",
        described(fetch_account_info=account_lookup(url=USERINFO, id="sub", label="sub")),
        "the label is the id",
    ),
    "every request goes to an endpoint of the provider": _broken(
        "google",
        described(fetch_account_info=careless.undocumented_address),
        "nothing at GET www.googleapis",
    ),
    "every request carries documented headers only": _broken(
        "google", described(token_headers={"X-Trace": "1"}), "token gets the header x-trace"
    ),
    "the token opens the API": _broken(
        "google",
        described(
            api_headers={"Authorization": "Token ${access_token}"},
            fetch_account_info=careless.always_the_same,
        ),
        "the API refuses the token: 401",
    ),
    "the token's life is what the provider says": _broken(
        "google", simulated(token_answer=careless.wrong_life), "expiry is not the provider's"
    ),
    "two people are two accounts": _broken(
        "google", described(fetch_account_info=careless.always_the_same), "both have the same id"
    ),
    "connecting again is the same account": _broken(
        "google", described(fetch_account_info=careless.always_another), "linked twice"
    ),
    "it is refreshed when it is time, and again after that": _broken(
        "google", described(extra_authorize_params={"prompt": "consent"}), "ReauthorizationRequired"
    ),
    "a grant that the provider ended asks for the person": _broken(
        "google", described(error_codes={"invalid_grant": "invalid_request"}), "ProviderRefused"
    ),
    "a scope that the person refuses is noticed": _broken(
        "google", described(granted_scopes_path="scopes"), "the connection is active"
    ),
    "every scope that the provider knows can be added": _broken(
        "shopify", described(scope_implies={}), "the connection is needs_scopes"
    ),
    "each set of scopes can be asked for in addition, and refused": _broken(
        "google",
        described(scope_sets={"mail": ScopeSet(title="Mail", sentence="Mail", scopes=("mail",))}),
        "not the provider's",
    ),
    "disconnecting ends the grant": _broken(
        "google", described(revocation=Revocation()), "revoked is no"
    ),
    "disconnecting ends the grant long after the token": _broken(
        "google", described(revocation=Revocation(auth="none", token="access_token")), "revoked is"
    ),
    "declining connects nothing": _broken(
        "google", simulated(sign_callback=careless.drops_the_error), "CallbackInvalid"
    ),
    # refusals
    "a refresh whose answer was lost is repeated exactly if that is safe": _broken(
        "google", described(refresh_rotation="rotates"), "it is not repeated"
    ),
    "a code works once": _broken(
        "google", simulated(error_answer=careless.token_for_a_refusal), "exchanged twice"
    ),
    "a code is bound to its verifier": _broken(
        "google", described(use_pkce=False), "exchanged with another verifier"
    ),
    "a wrong client secret is the operator's to mend": _broken(
        "google", described(error_codes={"invalid_client": "invalid_grant"}), "TokenRejected"
    ),
    "a changed callback is refused": _broken(
        "shopify", described(callback_verifier=careless.verifies_nothing), "is accepted although"
    ),
    "a callback of another issuer is refused, and one of none where it is promised": _broken(
        "google", described(issuer=None), "is accepted although the issuer is wrong"
    ),
    "a callback that is signed for another tenant is refused": _broken(
        "shopify",
        described(callback_verifier=careless.verifies_any_shop),
        "sent although the tenant is wrong",
    ),
    # economy
    "every declared field makes a difference on the wire": _broken(
        "google", described(error_codes={"never_said": "invalid_grant"}), "without error_codes"
    ),
    # record
    "the provider answers and refuses as recorded": _broken(
        "google", simulated(token_answer=careless.wrong_life), '"expires_in": 60'
    ),
    "the wire carries what was recorded": _broken(
        "google", described(token_headers={"X-Seen": "1"}), '+        "x-seen": "1"'
    ),
}


def _intact(subject: Subject) -> Subject:
    return subject


def _overlooked(says: str) -> Broken:
    return Broken("google", _intact, says, overlooked=True)


def _of_the_faults() -> Iterator[tuple[str, Broken]]:
    for fault in FAULTS:
        yield (
            f"connecting fails when the token endpoint answers {fault}",
            _overlooked("a connection is made"),
        )
        yield (
            f"the connection stays when a refresh is answered with {fault}",
            _overlooked("handed out as new"),
        )
    for fault in AT_THE_API:
        yield (
            f"connecting fails when the account is answered with {fault}",
            _broken(
                "google",
                described(fetch_account_info=careless.hides_failures),
                "a connection is made",
            ),
        )
    for how in ("fails", "is refused", "is not answered"):
        yield f"disconnecting succeeds when revoking {how}", _overlooked("revoked is yes")
    # Where the connector's own words turn a fault into another error, they do it here.
    for fault, code in (
        ("an error in a 200", "access_denied"),
        ("a refused client", "invalid_client"),
        ("ok: false in a 200", "fatal_error"),
    ):
        rejected = described(error_in_success=ErrorInSuccess(), error_codes={code: "invalid_grant"})
        yield (
            f"connecting fails when the token endpoint answers {fault}",
            _broken("google", rejected, "the error is TokenRejected"),
        )
        yield (
            f"the connection stays when a refresh is answered with {fault}",
            _broken("google", rejected, "it is given up"),
        )


BROKEN.update(_of_the_faults())
