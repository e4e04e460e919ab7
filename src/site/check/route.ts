import type { Hono } from 'hono'
import { defined } from '../../core/model/defined.ts'
import { LANGS } from '../../core/text/lang.ts'
import type { Board } from '../now/board.ts'
import { checkView } from './view.ts'
import { choiceOf, parseFirstChoice, type FirstChoice } from '../first/choice.ts'
import { PRIVATE } from '../first/route.ts'
import { SECURITY_HEADERS } from '../../web/request/headers.ts'
import type { CheckPlan } from '../../core/model/people/crowd-check.ts'
import { formatAsn } from '../../core/model/units.ts'
import { checkPage, type CheckView } from './page/check.ts'
import { answerPage } from '../respond.ts'
import type { SiteOptions } from '../site-options.ts'
import { visitorOf } from '../visitor.ts'

/** "Is it only me?" in every language. */
export function addCheckPages(site: Hono, options: SiteOptions, board: () => Promise<Board>): void {
  const { names, frame } = options
  const viewOf = async (choice: FirstChoice): Promise<CheckView> => checkView(await board(), { choice, names })
  for (const lang of LANGS) {
    site.get(`/${lang}/check`, async (c) => {
      const chosen = parseFirstChoice(c.req.query())
      const choice = chosen ?? choiceOf(visitorOf(c, options.visitor))
      const view = await viewOf(choice)
      const here = await hereOf(options, choice, view)
      const answer = await answerPage(c, checkPage(lang, { ...view, ...defined({ here }) }), frame)
      if (typeof here === 'object') for (const [name, value] of policyOf(here.plan)) answer.headers.set(name, value)
      if (chosen === undefined) answer.headers.set('cache-control', PRIVATE)
      return answer
    })
  }
}

/** The check that a reader's browser can make, or why it cannot; undefined where the site offers none. */
async function hereOf(
  { crowd, names, frame, assets, log }: SiteOptions,
  choice: FirstChoice,
  { simulated }: Pick<CheckView, 'simulated'>,
): Promise<CheckView['here']> {
  // A copy has no server to send anything to, and its plan would be as old as itself.
  if (crowd === undefined || frame.medium !== 'live' || !assets.some(({ path }) => path === SCRIPT)) return undefined
  const asn = choice.kind === 'network' ? choice.asn : undefined
  try {
    const plan = await crowd.plan(asn)
    if (plan.controls.length === 0 || plan.targets.length === 0) return simulated ? 'simulated' : 'unconfirmed'
    const isAway = choice.kind === 'ask' && choice.why !== 'unknown'
    const isInvented = plan.targets.every(({ document }) => document.startsWith('http://127.0.0.1:'))
    return {
      plan,
      isAway,
      isInvented,
      ...(asn === undefined ? {} : { asn, network: names.networkName(asn) ?? formatAsn(asn) }),
    }
  } catch (error) {
    // What others see is worth more than nothing.
    log.error({ error }, 'a check could not be planned')
    return undefined
  }
}
const SCRIPT = 'check.js'

/**
 * Headers of a page with a plan: its script may ask the hosts of the plan and no other, and images of them come without
 * the reader's cookies.
 */
function policyOf({ controls, targets }: CheckPlan): readonly (readonly [name: string, value: string])[] {
  const pairs = [...targets, ...controls]
  const listed = (urlsOf: (pair: (typeof pairs)[number]) => string): string =>
    ["'self'", ...new Set(pairs.map((pair) => new URL(urlsOf(pair)).origin))].join(' ')
  const usual = SECURITY_HEADERS['content-security-policy'] ?? ''
  const images = listed(({ image }) => image)
  const documents = listed(({ document }) => document)
  return [
    ['content-security-policy', `${usual.replace("img-src 'self'", `img-src ${images}`)}; connect-src ${documents}`],
    ['cross-origin-embedder-policy', 'credentialless'],
  ]
}
