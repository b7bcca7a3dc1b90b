"""Provisioning: a tenant in seconds, whole or not at all."""

from __future__ import annotations

from temporalio import workflow

from workflows.kit.run import DurableRun

with workflow.unsafe.imports_passed_through():
    from domain.tenants.types import ProvisionInput, ProvisionResult
    from workflows.tenants.contract import CREATE, PERMISSIONS, PROVISION, QUOTA, READY, RESERVE, STORAGE, WELCOME


@workflow.defn(name=PROVISION.name)
class Provision(DurableRun[ProvisionInput, ProvisionResult]):
    """Build a tenant behind closed doors, tell its owner, then open them."""

    contract = PROVISION

    @workflow.run
    async def run(self, run_input: ProvisionInput) -> ProvisionResult:
        """Provision one tenant."""
        return await self.conduct(run_input)

    async def steps(self, run_input: ProvisionInput) -> ProvisionResult:
        """Provision."""
        for step in (RESERVE, CREATE, PERMISSIONS, STORAGE, QUOTA, WELCOME, READY):
            await self.step(step, run_input.new)
        return ProvisionResult("ready")
