import type { World } from '../../../runtime/world.ts'
import { InputError } from '../../../core/model/errors.ts'
import { TIERS } from '../../../core/model/tables/service.ts'
import type { Service, Tier } from '../../../core/model/tables/service.ts'
import { CONSENT_VERSION, consentedTiers, loadConsent, saveConsent } from '../../../probe/consent/consent.ts'
import { systemClock } from '../../../runtime/clock.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { consentText, tierText } from './consent-text.ts'
import type { Asked } from '../options.ts'
import { wrap } from '../../terminal/wrap.ts'

type Permission = { readonly kind: 'given'; readonly tiers: readonly Tier[] } | { readonly kind: 'refused' }

const widthOf = (world: World): number => Math.min(80, Math.max(30, (world.size?.().columns ?? 80) - 1))

/**
 * Which tiers may be measured: those agreed to before under today's text; else those that a person at the terminal agrees
 * to now, each tier by a question of its own, the answer "no" where nothing was typed; else, with `--yes`, tier A alone
 * or the tiers named beside it. The answer is kept, a refusal too, and nothing else is written before it.
 * Throws InputError if no person can be asked.
 */
export async function permission(asked: Asked, services: readonly Service[], world: World): Promise<Permission> {
  const stored = await loadConsent(asked.folder)
  const agreed = consentedTiers(stored)
  if (asked.yes) {
    const tiers = asked.tiers ?? (agreed.length > 0 ? agreed : (['A'] as const))
    if (tiers.some((tier) => !agreed.includes(tier))) await keep(asked, union(agreed, tiers), 'option')
    return { kind: 'given', tiers }
  }
  const wanted = asked.tiers ?? (agreed.length > 0 ? agreed : TIERS)
  if (wanted.every((tier) => agreed.includes(tier))) return { kind: 'given', tiers: wanted }
  if (world.ask === undefined) throw nobodyToAsk(asked, agreed.length > 0 ? wanted : undefined)
  if (agreed.length === 0) {
    if (stored !== undefined && stored.version !== CONSENT_VERSION && stored.tiers.length > 0)
      world.err.write(`${say(asked.lang, 'probe.consent.changed')}\n\n`)
    world.err.write(`${consentText(asked, widthOf(world))}\n`)
  }
  return askTiers(asked, { services, wanted, agreed }, world)
}

async function askTiers(
  asked: Asked,
  about: { readonly services: readonly Service[]; readonly wanted: readonly Tier[]; readonly agreed: readonly Tier[] },
  world: World,
): Promise<Permission> {
  const { services, wanted, agreed } = about
  const tiers: Tier[] = []
  for (const tier of wanted) {
    if (agreed.includes(tier)) {
      tiers.push(tier)
      continue
    }
    if (!services.some((service) => service.tier === tier)) continue
    world.err.write(`${tierText(asked.lang, tier, { services, width: widthOf(world) })}\n`)
    const yes = await askYes(asked.lang, say(asked.lang, `probe.ask.${tier}`, { tier }), world)
    if (yes) tiers.push(tier)
    else if (tiers.length === 0 && agreed.length === 0) break // without the first group there is no second
  }
  const all = union(agreed, tiers)
  await keep(asked, all, 'answer')
  const said =
    tiers.length === 0
      ? say(asked.lang, 'probe.consent.refused')
      : say(asked.lang, 'probe.consent.given', { tiers: all.join(', ') })
  world.err.write(`\n${wrap(said, widthOf(world)).join('\n')}\n\n`)
  return tiers.length === 0 ? { kind: 'refused' } : { kind: 'given', tiers }
}

/** What is a yes, in any language of the question: no layout but the Kazakh one has the letter of «иә». */
const YES: readonly string[] = ['иә', 'ия', 'иа', 'да', 'yes', 'y']

/** One question; only a clear yes is a yes. */
export async function askYes(lang: Lang, question: string, world: World): Promise<boolean> {
  const words = `${say(lang, 'probe.consent.yes-words')}/${say(lang, 'probe.consent.no-word').toUpperCase()}`
  const answer = await world.ask?.(`${wrap(`${question} [${words}]`, widthOf(world)).join('\n')} `, world.signal)
  return answer !== undefined && YES.includes(answer.trim().toLowerCase())
}

const union = (one: readonly Tier[], other: readonly Tier[]): readonly Tier[] =>
  TIERS.filter((tier) => one.includes(tier) || other.includes(tier))

const keep = (asked: Asked, tiers: readonly Tier[], by: 'answer' | 'option'): Promise<void> =>
  saveConsent(asked.folder, { version: CONSENT_VERSION, at: systemClock.now(), lang: asked.lang, tiers, by })

function nobodyToAsk({ lang }: Asked, more: readonly Tier[] | undefined): InputError {
  const option = more === undefined ? '--yes' : `--yes --tiers ${more.join(',')}`
  const needs = say(lang, 'probe.consent.needs', { option, tier: 'A' })
  const sentence =
    more === undefined ? needs : say(lang, 'probe.consent.needs-more', { tiers: more.join(', '), option })
  return new InputError(sentence, { code: 'consent.missing', path: 'consent', expected: option })
}
