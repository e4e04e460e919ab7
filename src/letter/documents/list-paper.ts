import { TIERS, VOID_REASONS, type Letter, type SignatureTier, type VoidReason } from '../core/letter.ts'
import type { Region } from '../../core/model/region.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatDate } from '../../core/text/time.ts'
import { code, inLines, strong, textSpan, type Block, type Inline, type Paper } from '../../documents/paper.ts'

/** Names on one list: a longer one is several papers, so that a desk machine sets each within a gigabyte. */
export const MOST_NAMES = 5000

/** Whom a list is for: `full` goes to the addressees, `public` names only those who agreed to be named in public. */
export type Edition = 'full' | 'public'

export interface LetterList {
  readonly letter: Letter
  readonly edition: Edition
  readonly madeAt: Instant
  /** In their order. */
  readonly names: readonly { readonly name: string; readonly region: Region; readonly tier: SignatureTier }[]
  /** Counted signatures whose name is not listed here: unwilling to be named in public, and not opened. */
  readonly unnamed: number
  readonly unopened: number
  readonly proof: CountProof
}

/** From what anyone can count again. */
export interface CountProof {
  readonly origin: string
  readonly size: number
  /** Hexadecimal digits. */
  readonly root: string
  /** Verifier keys under the checkpoint. */
  readonly keys: readonly string[]
  readonly counted: Readonly<Record<SignatureTier, number>>
  readonly removed: Readonly<Partial<Record<VoidReason, number>>>
  readonly versions: readonly { readonly version: number; readonly sha256: string }[]
}

/**
 * The printed list of a letter in one language: the letter itself, those who signed, and last the proof of the number
 * with what it does not show. Several papers where there are many names.
 */
export function listPapers(lang: Lang, list: LetterList): readonly Paper[] {
  const { letter, edition, names } = list
  const count = Math.max(1, Math.ceil(names.length / MOST_NAMES))
  const kicker = say(lang, `handover.list.kicker.${edition}`)
  return Array.from({ length: count }, (_, nth): Paper => {
    const from = nth * MOST_NAMES
    return {
      lang,
      title: letter.title[lang],
      kicker: count === 1 ? kicker : say(lang, 'handover.list.volume', { kicker, number: nth + 1, count }),
      id: letter.id,
      madeAt: list.madeAt,
      ...(letter.simulated ? { banner: say(lang, 'handover.list.simulated') } : {}),
      blocks: [
        ...(nth === 0 ? headBlocks(lang, list) : []),
        ...namesBlocks(lang, list, from),
        ...(nth === count - 1 ? proofBlocks(lang, list) : []),
      ],
    }
  })
}

const heading = (words: string, level: 2 | 3 = 2): Block => ({ kind: 'heading', level, text: words })
const paragraph = (words: Inline): Block => ({ kind: 'paragraph', text: words })
const dayText = (lang: Lang, day: string): string => formatDate(lang, instant(Date.parse(`${day}T00:00:00Z`)), 'UTC')
const sum = (counts: Readonly<Partial<Record<string, number>>>): number =>
  Object.values(counts).reduce((total: number, one) => total + (one ?? 0), 0)

function headBlocks(lang: Lang, { letter, names, unnamed, unopened, edition, proof }: LetterList): readonly Block[] {
  const number = (value: number): string => formatNumber(lang, value)
  return [
    {
      kind: 'facts',
      rows: [
        { label: say(lang, 'handover.list.to'), value: lines(letter.addressees.map((one) => one[lang])) },
        { label: say(lang, 'handover.list.from'), value: letter.publisher.name[lang] },
        {
          label: say(lang, 'handover.list.period'),
          value: `${dayText(lang, letter.opens)} – ${dayText(lang, letter.closes)}`,
        },
        { label: say(lang, 'handover.list.total'), value: [strong(number(sum(proof.counted)))] },
        ...tierRows(lang, proof.counted),
        { label: say(lang, 'handover.list.here'), value: number(names.length) },
        ...(edition === 'public' ? [{ label: say(lang, 'handover.list.unnamed'), value: number(unnamed) }] : []),
        ...(unopened === 0 ? [] : [{ label: say(lang, 'handover.list.unopened'), value: number(unopened) }]),
      ],
    },
    heading(say(lang, 'handover.list.text')),
    ...letter.text[lang]
      .split(/\n\s*\n/u)
      .filter((words) => words.trim() !== '')
      .map((words) => paragraph(inLines(words))),
  ]
}

/** The tiers below their sum, never added up without saying so. */
const tierRows = (
  lang: Lang,
  counted: CountProof['counted'],
): readonly { readonly label: string; readonly value: Inline }[] =>
  TIERS.map((tier) => ({
    label: `– ${say(lang, `letter.tier.${tier}`)}`,
    value: formatNumber(lang, counted[tier]),
  }))

const lines = (words: readonly string[]): Inline =>
  words.flatMap((word, at) => (at === 0 ? [textSpan(word)] : [{ kind: 'break' } as const, textSpan(word)]))

function namesBlocks(lang: Lang, { names }: LetterList, from: number): readonly Block[] {
  if (names.length === 0)
    return [heading(say(lang, 'handover.list.signers')), paragraph(say(lang, 'handover.list.nobody'))]
  return [
    heading(say(lang, 'handover.list.signers')),
    paragraph(say(lang, 'handover.list.order')),
    {
      kind: 'table',
      columns: [
        { head: '№', align: 'number', share: 0.55 },
        { head: say(lang, 'handover.list.name'), share: 3 },
        { head: say(lang, 'handover.list.region'), share: 2.2 },
        { head: say(lang, 'handover.list.confirmed'), share: 1.3 },
      ],
      rows: names
        .slice(from, from + MOST_NAMES)
        .map(({ name, region, tier }, at): readonly Inline[] => [
          formatNumber(lang, from + at + 1),
          name,
          say(lang, `region.${region}`),
          say(lang, `handover.mark.${tier}`),
        ]),
    },
  ]
}

function proofBlocks(lang: Lang, { proof }: LetterList): readonly Block[] {
  const { origin, size, root, keys, counted, removed, versions } = proof
  const number = (value: number): string => formatNumber(lang, value)
  const gone = VOID_REASONS.flatMap((reason) =>
    removed[reason] === undefined ? [] : [`${say(lang, `letter.reason.${reason}`)}: ${number(removed[reason])}`],
  )
  const list = (...items: readonly Inline[]): Block => ({ kind: 'list', ordered: false, items })
  return [
    { kind: 'page-break' },
    heading(say(lang, 'handover.proof.title')),
    paragraph(say(lang, 'handover.proof.about')),
    {
      kind: 'facts',
      rows: [
        { label: say(lang, 'handover.list.total'), value: [strong(number(sum(counted)))] },
        ...tierRows(lang, counted),
        {
          label: say(lang, 'handover.proof.removed'),
          value: gone.length === 0 ? say(lang, 'handover.proof.none') : lines(gone),
        },
        { label: say(lang, 'handover.proof.log'), value: [code(origin)] },
        { label: say(lang, 'handover.proof.size'), value: number(size) },
        { label: say(lang, 'handover.proof.root'), value: [code(root)] },
        ...keys.map((key) => ({ label: say(lang, 'handover.proof.key'), value: [code(key)] })),
        ...versions.map(({ version, sha256 }) => ({
          label: say(lang, 'handover.proof.version', { version: number(version) }),
          value: [code(sha256)],
        })),
      ],
    },
    heading(say(lang, 'handover.proof.shows'), 3),
    list(say(lang, 'handover.proof.shows.count'), say(lang, 'handover.proof.shows.removals')),
    heading(say(lang, 'handover.proof.shows-not'), 3),
    list(
      say(lang, 'handover.proof.shows-not.person'),
      say(lang, 'handover.proof.shows-not.mail'),
      say(lang, 'handover.proof.shows-not.law'),
    ),
    heading(say(lang, 'handover.proof.how'), 3),
    paragraph([textSpan(say(lang, 'handover.proof.how.text')), textSpan(' '), code('kuager letter verify')]),
  ]
}
