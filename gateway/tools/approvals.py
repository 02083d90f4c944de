"""Approvals: a person decides about one request, which is then sent once (docs/approvals.md).

The gate runs directly before the request goes out. It looks for an approval of exactly this request
(``gateway.tools.binding``) and uses it up in one atomic update: a process that dies after that has
used it, and nobody sends the request again. Without one, a person is asked.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, replace
from datetime import timedelta

from connectors.secret import Secret
from gateway.audit.trail import OK, Audit
from gateway.clock import Clock
from gateway.encryption.places import Place, approval_place
from gateway.encryption.vault import Vault
from gateway.errors import (
    ApprovalDecided,
    ApprovalDenied,
    ApprovalExpired,
    ApprovalNotShowable,
    ApprovalRequired,
    ApprovalUnknown,
    ApprovalUsed,
    ApprovalVoid,
    RateLimited,
    UnknownTool,
)
from gateway.proxy.prepared import PreparedRequest
from gateway.services.refresh_attempt import Checkpoint, no_checkpoint
from gateway.store.approvals import ApprovalStore, Decided, State, StoredApproval
from gateway.store.audit import Action
from gateway.store.connections import ConnectionStore
from gateway.store.fresh.watch import Watch
from gateway.store.owners import PLATFORM, kind_of, user_of
from gateway.store.policies import Decision
from gateway.tools.binding import Binding, binding_of
from gateway.tools.gate import AskedCall, Gate
from gateway.tools.policy import CompiledPolicies, Policies
from gateway.tools.registry import Registry
from gateway.tools.shown import ShownRequest, shown_request

GATEWAY = "gateway"
"""In place of a connector: the call is of one of the gateway's own tools."""
DECIDE = timedelta(minutes=15)
"""How long a call waits for a decision."""
USE = timedelta(minutes=10)
"""How long an approval can be used after the decision."""
MOST_WAITING = 100
"""The most calls of a user that wait for a decision."""
MOST_SECONDS = 30.0
"""The longest that a caller waits for a decision."""
LOOK_EVERY = 2.0
"""Seconds after which a waiting caller looks again, in case that a change went unnoticed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """An approval as it stands now, with the request for those who may read it."""

    stored: StoredApproval
    state: State
    request: ShownRequest | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Approvals:
    """Asks for approvals, lets people decide, and uses decisions up. ``url`` is of the pages."""

    store: ApprovalStore
    policies: Policies
    connections: ConnectionStore
    registry: Registry
    vault: Vault
    watch: Watch
    clock: Clock
    audit: Audit
    url: str
    checkpoint: Checkpoint = no_checkpoint

    def gate(self, call: AskedCall) -> Gate:
        """Return what runs directly before a call's request goes out.

        Give it to each request of the call that is no mere reading. Each needs an approval of its
        own. A second one is refused, unless the repeat of the call goes on where it ended
        (``AskedCall.goes_on``): a person would decide about the first again. It raises:

            ApprovalRequired: A person has to decide first.
            ApprovalDenied, ApprovalUsed, ApprovalExpired, ApprovalVoid, ApprovalUnknown:
                The approval is of no use.
            ApprovalNotShowable: A person cannot be shown the whole of the request.
        """
        return _Gate(self, call).check

    async def find(
        self, tenant: str, *, user: str | None, state: State | None = None, limit: int
    ) -> list[Approval]:
        """Return the newest approvals; those in ``state`` still stand."""
        found = []
        for stored in await self.store.find(tenant, user=user, state=state, limit=limit):
            now = await self._state_of(stored)
            if state is None or now is state:
                found.append(Approval(stored=stored, state=now))
        return found

    async def count_waiting(self, tenant: str, user: str) -> int:
        """Count the calls that wait for a user's decision."""
        return await self.store.count_waiting(tenant, user, self.clock())

    async def status(self, tenant: str, approval_id: str) -> Approval:
        """Return an approval without its request; raise ``ApprovalUnknown``."""
        stored = await self.store.get(tenant, approval_id)
        if stored is None:
            raise ApprovalUnknown
        return Approval(stored=stored, state=await self._state_of(stored))

    async def shown(self, tenant: str, approval_id: str, *, user: str, admin: bool) -> Approval:
        """Return an approval with its request, for a person who may decide it.

        Raises ``ApprovalUnknown`` for others, and ``VaultError`` if it cannot be opened.
        """
        stored = await self._mine(tenant, approval_id, user, admin)
        text = self.vault.open(stored.request, _place(stored)).reveal()
        return Approval(
            stored=stored, state=await self._state_of(stored), request=ShownRequest.loads(text)
        )

    async def decide(
        self, tenant: str, approval_id: str, *, user: str, admin: bool, approve: bool
    ) -> Approval:
        """Store the decision of a signed-in person.

        Raises ``ApprovalUnknown`` for a person who is not asked, and ``ApprovalVoid``,
        ``ApprovalExpired`` or ``ApprovalDecided`` if there is nothing to decide any more.
        """
        stored = await self._mine(tenant, approval_id, user, admin)
        state = await self._state_of(stored)
        if state is State.VOID:
            raise ApprovalVoid
        if state is State.EXPIRED:
            raise ApprovalExpired
        now = self.clock()
        decision: Decided = State.APPROVED if approve else State.DENIED
        if state is not State.WAITING or not await self.store.decide(
            stored, decision, by=user, now=now, use_by=now + USE
        ):
            raise ApprovalDecided
        await self._note(Action.APPROVAL_DECIDED, stored, str(decision))
        return await self.status(tenant, approval_id)

    async def _mine(self, tenant: str, approval_id: str, user: str, admin: bool) -> StoredApproval:
        stored = await self.store.get(tenant, approval_id)
        if stored is None:
            raise ApprovalUnknown
        may = stored.user == user or (admin and user_of(stored.owner) is None)
        if stored.connector == GATEWAY:
            may = admin  # it changes what everybody's tools are
        if not may:
            await self._note(Action.APPROVAL_REFUSED, stored, "not_asked")
            raise ApprovalUnknown
        return stored

    async def _state_of(self, stored: StoredApproval) -> State:
        """Return the state now; what has changed meanwhile ends an approval that was not used."""
        state = stored.state_at(self.clock())
        if state not in {State.WAITING, State.APPROVED}:
            return state
        if (why := await self._change(stored)) is None:
            return state
        await self.store.end(stored, State.VOID, why)
        return State.VOID

    async def _change(self, stored: StoredApproval) -> str | None:
        """Return what has changed since a person was asked, if anything has."""
        facts = stored.facts
        place = "" if stored.owner == PLATFORM else stored.connection
        try:
            tool = await self.registry.find(stored.tenant, stored.user, stored.tool, place)
            digest = tool.digest
        except UnknownTool:
            digest = ""
        if digest != facts["tool_digest"]:
            return "tool_changed"
        if (await self.policies.read(stored.tenant)).revision != facts["policy_revision"]:
            return "policy_changed"
        if stored.owner != PLATFORM:
            row = await self.connections.get(stored.tenant, stored.connection)
            if row is None or [row.external_account_id, row.grant] != [
                facts["account"],
                facts["grant"],
            ]:
                return "account_changed"
        return None

    async def bind(self, call: AskedCall, prepared: PreparedRequest) -> Binding:
        """Return what the call is bound to, with the policy and the connection as they are now.

        Raises ``ApprovalVoid`` if the policy forbids the call now, or the account is another one.
        """
        # Not from a cache: a policy that was set a moment ago counts for what is sent now.
        policies = CompiledPolicies(await self.policies.read(call.tenant))
        verdict = policies.verdict(call.user, call.tool)
        if verdict.decision is Decision.BLOCK or not verdict.is_enabled:
            raise ApprovalVoid("the policy does not allow this tool any more")
        used = prepared.connection
        if used.owner != PLATFORM:
            row = await self.connections.get(call.tenant, used.id)
            if row is None or (row.grant, row.external_account_id) != (
                used.grant,
                used.external_account_id,
            ):
                raise ApprovalVoid("the account was connected anew a moment ago")
        return binding_of(call, prepared, rule=verdict.rule_id, revision=verdict.revision)

    async def use(self, call: AskedCall, prepared: PreparedRequest, binding: Binding) -> None:
        """Use up an approval of exactly this request; see ``gate`` for what it raises."""
        digest = binding.digest()
        until = time.monotonic() + min(call.wait_seconds, MOST_SECONDS)
        while True:
            waiting = await self._used_or_waiting(call, digest)
            if waiting is None:
                return
            if waiting == "":
                waiting = await self._ask(call, prepared, binding, digest)
            left = until - time.monotonic()
            stored = await self.store.get(call.tenant, waiting)
            if stored is not None and stored.state_at(self.clock()) is not State.WAITING:
                continue
            if left <= 0 or stored is None:
                decide_by = self.clock() if stored is None else stored.decide_by
                raise ApprovalRequired(waiting, self.page_of(waiting), decide_by)
            await self.watch.changed(waiting, min(left, LOOK_EVERY))
            # Policy and account may have changed while the caller waited.
            if (await self.bind(call, prepared)).digest() != digest:
                raise ApprovalVoid

    def page_of(self, approval_id: str) -> str:
        """Return the address of the page where a person decides."""
        return f"{self.url}/dashboard/approvals/{approval_id}"

    async def _used_or_waiting(self, call: AskedCall, digest: str) -> str | None:
        """Use an approval, and return ``None``; else the id of one that waits, or empty text."""
        now = self.clock()
        if call.approval is not None:
            rows = [await self._named(call, call.approval, digest)]
        else:
            rows = await self.store.of_call(call.tenant, digest, now)
        for row in rows:
            if row.state_at(now) is State.APPROVED:
                if await self.store.consume(row, digest, now):
                    await self.checkpoint("approval_used")
                    await self._note(Action.APPROVAL_USED, row, OK)
                    return None
                if call.approval is not None:
                    raise ApprovalUsed
        for row in rows:
            if row.state is State.DENIED and (row.decide_by > now or call.approval is not None):
                raise ApprovalDenied
        return next((row.id for row in rows if row.state_at(now) is State.WAITING), "")

    async def _named(self, call: AskedCall, approval_id: str, digest: str) -> StoredApproval:
        row = await self.store.get(call.tenant, approval_id)
        if row is None or (row.user, row.tool) != (call.user, call.tool.name):
            raise ApprovalUnknown
        if row.binding != digest:
            await self._state_of(row)  # it may be void for everybody
            raise ApprovalVoid
        state = row.state_at(self.clock())
        if state is State.USED:
            raise ApprovalUsed
        if state is State.EXPIRED:
            raise ApprovalExpired
        if state is State.VOID:
            raise ApprovalVoid
        return row

    async def _ask(
        self, call: AskedCall, prepared: PreparedRequest, binding: Binding, digest: str
    ) -> str:
        """Ask a person; return the id of the approval that waits for the decision."""
        open_ones = await self.find(
            call.tenant, user=call.user, state=State.WAITING, limit=MOST_WAITING
        )
        if len(open_ones) >= MOST_WAITING:
            raise RateLimited("approvals", DECIDE.total_seconds())
        tool, connection, now = call.tool, prepared.connection, self.clock()
        text = shown_request(
            prepared,
            tool=tool.name,
            description=tool.description,
            effect=tool.effect,
            arguments=call.arguments,
            changes=tool.changes,
        ).dumps()
        approval_id = f"apr_{secrets.token_hex(12)}"
        place = approval_place(call.tenant, connection.owner, connection.connector, approval_id)
        stored = StoredApproval(
            id=approval_id,
            tenant=call.tenant,
            user=call.user,
            key_id=call.key_id,
            tool=tool.name,
            connector=connection.connector,
            connection=connection.id,
            owner=connection.owner,
            account_label=connection.account_label,
            binding=digest,
            facts={
                "tool_digest": binding.tool_digest,
                "policy_revision": binding.policy_revision,
                "account": binding.account,
                "grant": binding.grant,
            },
            state=State.WAITING,
            created_at=now,
            decide_by=now + DECIDE,
            request=self.vault.seal(Secret(text), place),
            encryption_key=self.vault.current,
        )
        if await self.store.add(stored):
            await self._note(Action.APPROVAL_ASKED, stored, OK)
            return stored.id
        found = await self.store.of_call(call.tenant, digest, now)
        return next((row.id for row in found), stored.id)

    async def _note(self, action: Action, stored: StoredApproval, outcome: str) -> None:
        await self.audit.write(
            action,
            tenant=stored.tenant,
            outcome=outcome,
            user=stored.user,
            connector=stored.connector,
            connection=stored.connection,
            subject=stored.id,
            owner=kind_of(stored.owner),
        )


class _Gate:
    """The gate of one call."""

    def __init__(self, approvals: Approvals, call: AskedCall) -> None:
        self._approvals = approvals
        self._call = call
        self._passed: str | None = None
        """The digest of the last request that passed."""

    async def check(self, prepared: PreparedRequest) -> None:
        """Let the request pass, or raise."""
        binding = await self._approvals.bind(self._call, prepared)
        if self._passed is not None:
            # The same request again, after the provider refused the token of the first time.
            if prepared.is_repeat and binding.digest() == self._passed:
                return
            if not self._call.goes_on:
                raise ApprovalNotShowable("the tool sends a second request, which nobody has seen")
            # What the caller named, and its time to wait, were for the request before.
            self._call = replace(self._call, approval=None, wait_seconds=0)
        await self._approvals.use(self._call, prepared, binding)
        self._passed = binding.digest()


def _place(stored: StoredApproval) -> Place:
    return approval_place(stored.tenant, stored.owner, stored.connector, stored.id)
