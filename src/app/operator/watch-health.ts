import type { HealthReason } from '../../core/model/health.ts'
import { openLog } from '../../runtime/log.ts'

/** How often it is looked whether something changed. */
const LOOK_MS = 5000

/** What an operator reads in the log, and what to do about it. */
const WORDS: Readonly<Record<HealthReason, string>> = {
  read_only:
    'the data folder cannot be written: pages are served, nothing is accepted. The server starts again by itself when it can',
  write_failed: 'the disk refused the last measurement: nothing is accepted until a write succeeds',
  space_none: 'the disk is full: no measurement is accepted. Make space',
  space_reserved: 'the disk is nearly full: only measurements of invited and known keys are accepted. Make space',
  clock_back:
    'the clock is behind times in the archive: no measurement is accepted. Set the clock; if it is right and was wrong ' +
    'before, start with --clock-is-right',
  record_damaged: 'a file of the record is damaged: the last version without a problem is shown (kuager record check)',
  reviews_damaged:
    'an event of custody in the log cannot be read: a hold, a withdrawal or another act of a person may be missing from ' +
    'pages. Put the archive back from a safe copy (kuager archive verify)',
  others_damaged:
    'a file of what others measured is set aside: the lines before name it. Put it back, or remove it from others/',
  copied:
    'the data folder is a copy, so its log is not signed here: pages are served, nothing is accepted. If the folder that ' +
    'signed before is gone for good, run "kuager log take-over"',
  standby: 'another machine signs the log: nothing is accepted here (docs/operating/standby.md)',
  edge_silent:
    'an edge gives nothing for five minutes, or leaves of it cannot be read: the lines before say which and why ' +
    '(docs/operating/edges.md)',
  shipping_late:
    'nothing could be copied to the object storage for five minutes: the lines before say what it answered ' +
    '(docs/operating/object-storage.md)',
  warehouse_away:
    'the server of the warehouse does not answer: pages that need it are not shown. Measurements are accepted, and judged ' +
    'when it answers (docs/operating/cluster.md)',
  stale:
    'nothing new came from the centre for too long: see whether the centre runs, and whether its data reach this server. ' +
    'Pages say that they may be out of date',
  log_stalled: 'the log could not take in what is new: checkpoints are older than the archive',
}

export interface Health extends AsyncDisposable {
  /** Why the server is not in full service, each reason once; none: it is. */
  readonly reasons: () => readonly HealthReason[]
}

/** Asks each part of a server for its reasons, and logs each reason when it comes and when it ends. */
export function watchHealth(parts: readonly (() => readonly HealthReason[])[]): Health {
  const log = openLog({ level: 'info' })
  const reasons = (): readonly HealthReason[] => [...new Set(parts.flatMap((part) => part()))]
  let before: readonly HealthReason[] = []
  const look = (): void => {
    const now = reasons()
    for (const reason of now) if (!before.includes(reason)) log.error({ reason }, WORDS[reason])
    for (const reason of before) if (!now.includes(reason)) log.info({ reason }, 'this is over')
    before = now
  }
  look()
  const timer = setInterval(look, LOOK_MS)
  timer.unref()
  return {
    reasons,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
    },
  }
}
