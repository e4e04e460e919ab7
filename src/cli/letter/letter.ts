import { group } from '../terminal/command.ts'

export const command = group({
  about: `
Run an open letter as a separate service (docs/operating/letter.md).

On a machine of your own, offline if you can:

  new, check, keys, open, approve JOB.json

On the server, with --folder DIR --secrets DIR:

  serve, publish, status, review, invalidate, jobs, approve APPROVAL.json, run,
  restore, export, withdraw, close, destroy

For everyone:

  verify, watch`,
  commands: {
    new: async () => (await import('./new.ts')).command,
    check: async () => (await import('./check.ts')).command,
    keys: async () => (await import('./keys.ts')).command,
    open: async () => (await import('./hand-over/open.ts')).command,
    serve: async () => (await import('./serve.ts')).command,
    publish: async () => (await import('./publish.ts')).command,
    status: async () => (await import('./status.ts')).command,
    review: async () => (await import('./signature/review.ts')).command,
    invalidate: async () => (await import('./signature/invalidate.ts')).command,
    jobs: async () => (await import('./signature/jobs.ts')).command,
    approve: async () => (await import('./signature/approve.ts')).command,
    run: async () => (await import('./signature/run.ts')).command,
    restore: async () => (await import('./signature/restore.ts')).command,
    export: async () => (await import('./hand-over/export.ts')).command,
    withdraw: async () => (await import('./withdraw.ts')).command,
    close: async () => (await import('./close.ts')).command,
    destroy: async () => (await import('./hand-over/destroy.ts')).command,
    verify: async () => (await import('./watch/verify.ts')).command,
    watch: async () => (await import('./watch/watch.ts')).command,
  },
})
