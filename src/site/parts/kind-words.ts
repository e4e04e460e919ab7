import type { Kind } from '../../core/model/measured/verdict.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'

const WORDS = {
  reachable: 'incident.legend.passed',
  interfered: 'incident.legend.failed',
  unreachable: 'board.state.fault',
  inconclusive: 'board.state.unkn',
  'not-judged': 'board.state.none',
} as const satisfies Record<Kind, string>

/** What a person saw of the service by one verdict: the words of every page; the verdict itself is next to them. */
export const kindWords = (lang: Lang, kind: Kind): string => say(lang, WORDS[kind])
