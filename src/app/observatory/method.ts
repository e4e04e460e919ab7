import { LEAST, makeCauseTable, outcomesOf, ITEMS } from '../../core/detect/cause/table.ts'
import { EFFECTIVE_INCIDENTS } from '../../core/detect/cause/table-draws.ts'
import { SCALE } from '../../core/detect/cause/word.ts'
import { DECISIVE_LOG10 } from '../../core/model/incident/cause.ts'
import { defaultSettings } from '../../core/detect/chain/default-settings.ts'
import { LEAST_LEFT } from '../../core/detect/series/one-device.ts'
import { BASELINE_DAYS, LEAST_DAYS, LEAST_ROUNDS } from '../../core/detect/throttling/baseline.ts'
import { LEAST_PROBES, LEAST_RATIO, WINDOWS } from '../../core/detect/throttling/windows.ts'
import { LEAST_WITNESS } from '../../core/detect/series/witnesses.ts'
import { RULES } from '../../core/judge/rules.ts'
import { MINUTE_MS } from '../../core/model/duration.ts'
import { KEPT_DAYS, NOTE_KEPT_DAYS } from '../../core/model/people/report.ts'
import { RULES_REVISION } from '../../core/model/tables/rules-revision.ts'
import { listDay, type ServiceCheck } from '../../core/model/tables/service-check.ts'
import type { Service, Tier } from '../../core/model/tables/service.ts'
import { DETECT_REVISION } from '../../core/derive/rules.ts'
import { KNOWN_AFTER_DAYS, KNOWN_MATCHED_DAYS } from '../../pipeline/receive/known.ts'
import { FORGET_DAYS } from '../../pipeline/receive/standing/standings.ts'
import { CONSENT_VERSION } from '../../probe/consent/consent.ts'
import { LIMITS, MOST_ROUNDS, REPEATS } from '../../probe/plan/limits.ts'
import {
  cadenceFor,
  CORE_RUN_BYTES,
  DEFAULT_ALLOWANCE,
  FULL_RUN_BYTES,
  METERED_ALLOWANCE,
} from '../../probe/plan/schedule.ts'
import { SPOOL_BYTES } from '../../probe/spool/spool.ts'
import type { MethodFigures } from '../../site/guide/page/method-figures.ts'
import { loadCauseFile } from '../../runtime/tables/cause-files.ts'
import { loadControls, loadServices } from '../../runtime/tables/measured-lists.ts'

/** The figures of the method, read from the rules that are in force, and the newest check of the list of services. */
export function methodFigures(check?: ServiceCheck): MethodFigures {
  return {
    list: listFigures(check),
    rulesRevision: RULES_REVISION,
    detectRevision: DETECT_REVISION,
    probe: probeFigures(),
    reportDays: KEPT_DAYS,
    noteDays: NOTE_KEPT_DAYS,
    standing: { afterDays: KNOWN_AFTER_DAYS, onDays: KNOWN_MATCHED_DAYS, forgetDays: FORGET_DAYS },
    detect: detectFigures(),
    throttling: {
      ratio: Math.exp(LEAST_RATIO),
      probes: LEAST_PROBES,
      baselineDays: BASELINE_DAYS,
      leastDays: LEAST_DAYS,
      leastRounds: LEAST_ROUNDS,
      windowHours: WINDOWS.map(({ hours }) => hours),
    },
    cause: causeFigures(),
    rules: Object.entries(RULES).map(([id, rule]) => ({
      id,
      layer: 'layer' in rule ? rule.layer : undefined,
      log10Lr: rule.log10Lr,
    })),
  }
}

/** A check of another list tells nothing of this one. */
function listFigures(check: ServiceCheck | undefined): MethodFigures['list'] {
  const day = listDay(loadServices())
  if (check?.list_day !== day) return { day }
  return { day, check: { day: check.checked_at, hosts: check.hosts - check.unchecked, alive: check.alive } }
}

function probeFigures(): MethodFigures['probe'] {
  const cadence = cadenceFor(DEFAULT_ALLOWANCE)
  const services = loadServices()
  const ofTier = (tier: Tier): readonly string[] =>
    services.filter((service) => isMeasured(service) && service.tier === tier).map(({ name }) => name)
  return {
    coreMinutes: cadence.coreInterval / MINUTE_MS,
    fullsPerDay: cadence.fullsPerDay,
    coreKilobytes: CORE_RUN_BYTES / 1024,
    fullMegabytes: FULL_RUN_BYTES / 1024 / 1024,
    allowanceMegabytes: DEFAULT_ALLOWANCE / 1e6,
    meteredMegabytes: METERED_ALLOWANCE / 1e6,
    meteredMinutes: cadenceFor(METERED_ALLOWANCE).coreInterval / MINUTE_MS,
    coreSeconds: REPEATS.core / 1000,
    fullSeconds: REPEATS.full / 1000,
    connectSeconds: LIMITS.connect / 1000,
    handshakeSeconds: LIMITS.handshake / 1000,
    confirmSeconds: LIMITS.confirm / 1000,
    rounds: MOST_ROUNDS,
    consentVersion: CONSENT_VERSION,
    spoolMegabytes: SPOOL_BYTES / 1024 / 1024,
    tiers: { A: ofTier('A'), B: ofTier('B'), C: ofTier('C') },
    canaries: loadControls().canaries.map(({ host }) => host),
  }
}

const isMeasured = ({ endpoints }: Service): boolean => endpoints.some(({ checks }) => checks !== undefined)

function detectFigures(): MethodFigures['detect'] {
  const settings = defaultSettings()
  return {
    failOpen: settings.failOpen,
    passing: settings.passing,
    loads: settings.loads,
    shortHours: 1 / settings.rates.shortEnd,
    longHours: 1 / settings.rates.longEnd,
    probes: settings.floorProbes + 1,
    floorHours: settings.floorHours,
    witness: 10 ** LEAST_WITNESS,
    withoutOne: LEAST_LEFT,
    raise: settings.raise,
    clear: settings.clear,
    peak: settings.peak,
    draws: settings.draws,
  }
}

function causeFigures(): MethodFigures['cause'] {
  const { file, digest } = loadCauseFile()
  const table = makeCauseTable(file, digest)
  return {
    decisive: 10 ** DECISIVE_LOG10,
    least: LEAST,
    incidents: EFFECTIVE_INCIDENTS,
    scale: SCALE.map(([log10, support]) => ({ ratio: 10 ** log10, support })),
    digest,
    checkedAt: file.checked_at,
    table: ITEMS.map((item) => ({
      item,
      outcomes: outcomesOf(item).map((outcome) => ({ outcome, p: table.p[item].get(outcome) ?? [] })),
    })),
  }
}
