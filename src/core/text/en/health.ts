import type { HealthKey } from '../health-keys.ts'

export const health = {
  'health.title': 'Server health',
  'health.ok': 'The server works in full: pages are current, and measurements are accepted.',
  'health.degraded': 'The server works only in part.',
  'health.reason.read_only':
    'The server cannot write to its disk. Pages show what was stored before, and nothing new is accepted. Probes keep their measurements.',
  'health.reason.write_failed':
    'The disk refused the last measurement. Measurements are accepted again when a write succeeds. Until then probes keep them.',
  'health.reason.space_none': 'The disk is full: no measurement is accepted now. Probes keep their measurements.',
  'health.reason.space_reserved':
    'The disk is nearly full: only measurements signed by invited and known keys are accepted now.',
  'health.reason.clock_back':
    'The clock of the server is wrong: no measurement is accepted now. Probes keep their measurements.',
  'health.reason.log_stalled': 'The log is not being updated: there is no proof yet of the newest measurements.',
  'health.programs': 'For programs: {address}',
} satisfies Record<HealthKey, string>
