import { HOSTILE } from './hostile.ts'
import { KUAGER_ANY_NAME } from './kuager-any-name.ts'
import { KUAGER_BLOCKED } from './kuager-blocked.ts'
import { KUAGER_BLOCKED_BESIDES } from './kuager-blocked-besides.ts'
import { KUAGER_FLOWS } from './kuager-flows.ts'
import { KUAGER_HOSTS_BLOCKED, KUAGER_HOSTS_QUIET } from './kuager-hosts.ts'
import { KUAGER_OWN_LINE } from './kuager-own-line.ts'
import { KUAGER_DEAD_NAME } from './kuager-dead-name.ts'
import { KUAGER_NOT_BLOCKED } from './kuager-not-blocked.ts'
import { KUAGER_SILENCE_BY_NAME, KUAGER_SILENCE_OF_SERVERS } from './kuager-silence.ts'
import { LAPSED_NAMES } from './lapsed-names.ts'
import { MESSENGERS } from './messengers.ts'
import { OTHER_TESTS } from './other-tests.ts'
import type { Scenario } from './scenario.ts'
import { WEB_BLOCKED } from './web-blocked.ts'
import { WEB_CHAINS } from './web-chains.ts'
import { WEB_LIMITS } from './web-limits.ts'
import { WEB_NOT_BLOCKED } from './web-not-blocked.ts'
import { WEB_OLD } from './web-old.ts'
import { WEB_PATHS } from './web-paths.ts'

/** All that is claimed of single measurements. */
export const SCENARIOS: readonly Scenario[] = [
  ...WEB_BLOCKED,
  ...WEB_NOT_BLOCKED,
  ...WEB_PATHS,
  ...WEB_CHAINS,
  ...WEB_OLD,
  ...WEB_LIMITS,
  ...OTHER_TESTS,
  ...MESSENGERS,
  ...HOSTILE,
  ...LAPSED_NAMES,
  ...KUAGER_BLOCKED,
  ...KUAGER_BLOCKED_BESIDES,
  ...KUAGER_SILENCE_BY_NAME,
  ...KUAGER_SILENCE_OF_SERVERS,
  ...KUAGER_NOT_BLOCKED,
  ...KUAGER_ANY_NAME,
  ...KUAGER_HOSTS_QUIET,
  ...KUAGER_HOSTS_BLOCKED,
  ...KUAGER_OWN_LINE,
  ...KUAGER_FLOWS,
  ...KUAGER_DEAD_NAME,
]
