/** States that a heading can speak of. */
type BadState = 'shut' | 'part' | 'slow' | 'fault'
type Scope = 'here' | 'all'

/** Keys of the first screen, of "is it only me?" and of "report". */
export type BoardKey =
  | 'board.title'
  | 'board.network'
  | 'board.all-networks'
  | 'board.other-network'
  | 'board.choose-network'
  | `board.ask.${'foreign' | 'hosting' | 'unknown'}`
  | `board.${Scope}.${BadState | `${BadState}-many`}`
  | `board.${Scope}.${'open' | 'quiet' | 'unkn' | 'none'}`
  | `board.state.${'open' | 'slow' | 'part' | 'shut' | 'fault' | 'unkn' | 'none'}`
  | 'board.stale'
  | 'board.empty'
  | 'board.stale-about'
  | 'board.not-only-you'
  | 'board.others-open'
  | 'board.most-open'
  | 'board.unmeasured'
  | 'board.undetermined'
  | 'board.shut-elsewhere'
  | `board.some.${'shut' | 'part' | 'slow'}`
  | 'board.since'
  | 'board.devices'
  | 'board.networks'
  | 'board.last'
  | 'board.only-me'
  | 'board.report'
  | 'board.as-of'
  | 'board.no-address'
  | 'board.matrix'
  | 'board.matrix-about'
  | 'board.matrix-rule'
  | 'board.cell-devices'
  | 'board.cell-measurements'
  | 'board.count-measurements'
  | 'board.more'
  | 'board.running'
  | 'board.running-about'
  | 'board.running-none'
  | 'board.evidence'
  | 'board.support'
  | 'board.service-network'
  | 'board.days'
  | 'board.days-here'
  | 'board.days-all'
  | 'board.days-about'
  | `board.days.${'shut' | 'part' | 'slow' | 'quiet' | 'none' | 'table'}`
  | `board.days.column.${'restricted' | 'hours' | 'unknown'}`
  | CheckKey
  | ReportKey

type CheckKey =
  | 'check.title'
  | 'check.about'
  | 'check.choose'
  | 'check.copy'
  | `check.end.${'same' | 'same-undated' | 'partly' | 'yours' | 'service' | 'unknown'}`
  | `check.end-about.${'same' | 'partly' | 'yours' | 'service' | 'unknown'}`
  | 'check.counts'
  | 'check.counts-about'
  | 'check.here'
  | 'check.elsewhere'
  | 'check.of'
  | 'check.of-measurements'
  | `check.conclusion.${'same' | 'yours' | 'service' | 'unknown'}`
  | 'check.try'
  | 'check.try-about'
  | `check.try.${'mobile' | 'other-site' | 'restart' | 'clock' | 'vpn' | 'neighbour'}`
  | 'check.measure'
  | 'check.measure-about'
  | 'check.measure-link'

type ReportKey =
  | 'report.title'
  | 'report.about'
  | 'report.measure'
  | 'report.measure-about'
  | 'report.measure-link'
  | 'report.write'
  | 'report.write-about'
  | 'report.nobody'
  | `report.contact.${'mail' | 'web' | 'onion' | 'signal' | 'post'}`
  | 'report.tell'
  | `report.tell.${'service' | 'network' | 'when' | 'what' | 'where'}`
  | 'report.not'
