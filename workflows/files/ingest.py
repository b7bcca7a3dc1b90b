"""From uploaded bytes to a file that may be opened. Only what is harmful, or what its tenant refuses, is not kept."""

from __future__ import annotations

from temporalio import workflow

from workflows.kit.run import DurableRun

with workflow.unsafe.imports_passed_through():
    from domain.files.types import Facts, Findings, IngestInput, IngestResult, KnownFile, Rendered, Scanned, Verdict
    from workflows.files.contract import (
        ANNOUNCE,
        IDENTIFY,
        INDEX,
        INGEST,
        METADATA,
        PREVIEW,
        QUOTA,
        RECEIVE,
        SCAN,
        THUMBNAIL,
    )


@workflow.defn(name=INGEST.name)
class Ingest(DurableRun[IngestInput, IngestResult]):
    """Receive, recognise, scan, draw and read, count, list, announce."""

    contract = INGEST

    @workflow.run
    async def run(self, run_input: IngestInput) -> IngestResult:
        """Prepare one file; the verdict on it is the outcome."""
        return await self.conduct(run_input)

    async def steps(self, run_input: IngestInput) -> IngestResult:
        """Look at the file, then open it, close it, or let go of it."""
        received = await self.step(RECEIVE, run_input.ref)
        if received.verdict is not None:  # launched again, after an earlier workflow had come to its verdict
            await self.step(ANNOUNCE, run_input.ref)
            return IngestResult(outcome=received.verdict)
        findings = await self._examine(run_input)
        await self.step(QUOTA, findings)
        await self.step(INDEX, findings)
        await self.step(ANNOUNCE, run_input.ref)
        return IngestResult(outcome=findings.verdict)

    async def _examine(self, run_input: IngestInput) -> Findings:
        tenant_id, file_id = run_input.tenant_id, run_input.file_id
        identified = await self.step(IDENTIFY, run_input.ref)
        if not identified.accepted:
            return Findings(tenant_id, file_id, "unsupported", identified.type)
        scanned = await self.step(SCAN, run_input.ref)
        if scanned.verdict != "clean" or identified.sealed:
            verdict: Verdict = "infected" if scanned.verdict == "infected" else "sealed"
            return Findings(tenant_id, file_id, verdict, identified.type, scanned.scanner, scanned.signature)
        known = KnownFile(tenant_id, file_id, identified.type)
        thumbnail, preview, facts = await self.together(
            self.step(THUMBNAIL, known), self.step(PREVIEW, known), self.step(METADATA, known)
        )
        return _conclude(known, scanned, thumbnail, preview, facts)


def _conclude(known: KnownFile, scanned: Scanned, thumbnail: Rendered, preview: Rendered, facts: Facts) -> Findings:
    """Open the file, with what could be drawn of it; a file that cannot be drawn is its owner's all the same."""
    undrawable = thumbnail.broken or preview.broken
    return Findings(
        tenant_id=known.tenant_id,
        file_id=known.file_id,
        verdict="ready",
        type=known.type,
        scanner=scanned.scanner,
        note="undrawable" if undrawable else preview.note or thumbnail.note,
        facts=facts,
        pictures=() if undrawable else (*thumbnail.pictures, *preview.pictures),
    )
