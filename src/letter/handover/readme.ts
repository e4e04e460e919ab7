import { encodeCanonical } from '../../core/evidence/canonical-json.ts'
import { TIERS, VOID_REASONS, type Letter, type LetterKeys } from '../core/letter.ts'
import { instant } from '../../core/model/units.ts'
import { say, type PlainKey } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { formatDate } from '../../core/text/time.ts'
import { LETTERS, LOG, MANIFEST, SIGNATURES, SUMS, type HandoverManifest } from './manifest.ts'

/**
 * What is in the bundle and how it is opened, with this program or only with `age` and the tools of every system. The
 * commands are for a shell as POSIX has it, and make files with the names of people: they begin with a folder of one's
 * own. `letters`: every version, the newest last.
 */
export function handoverReadme(
  lang: Lang,
  letters: readonly [Letter, ...Letter[]],
  { counted, removed }: HandoverManifest,
): string {
  const letter = letters.at(-1) ?? letters[0]
  const sets = [...Map.groupBy(letters, ({ keys }) => encodeCanonical(keys)).values()]
  const number = (value: number): string => formatNumber(lang, value)
  const word = (key: PlainKey): string => say(lang, key)
  const layers = letter.keys.layers.length
  const hands = sets.length > 1 ? CHANGED : layers === 1 ? ONE : TWO
  return [
    say(lang, 'handover.readme.title', { title: letter.title[lang] }),
    ...(letter.simulated ? ['', word('handover.readme.simulated')] : []),
    '',
    word('handover.readme.what'),
    word('handover.readme.where'),
    '',
    `${word('handover.readme.counted')}: ${number(TIERS.reduce((sum, tier) => sum + counted[tier], 0))}`,
    ...TIERS.map((tier) => `  ${say(lang, `letter.tier.${tier}`)}: ${number(counted[tier])}`),
    `${word('handover.readme.removed')}: ${number(VOID_REASONS.reduce((sum, reason) => sum + (removed[reason] ?? 0), 0))}`,
    word('handover.readme.shows'),
    '',
    `${word('handover.readme.files')}:`,
    `  ${SIGNATURES}/ – ${word('handover.readme.file.signatures')}`,
    `  ${MANIFEST} – ${word('handover.readme.file.manifest')}`,
    `  ${LETTERS}/ – ${word('handover.readme.file.letters')}`,
    `  ${LOG}/ – ${word('handover.readme.file.log')}`,
    `  ${SUMS} – ${word('handover.readme.file.sums')}`,
    '',
    `${word('handover.readme.holders')}:`,
    ...sets.flatMap((versions) => [
      ...(sets.length > 1
        ? [
            `  ${say(lang, 'handover.readme.versions', { versions: versions.map(({ version }) => number(version)).join(', ') })}:`,
          ]
        : []),
      ...holders(lang, versions[0]?.keys.layers ?? []),
    ]),
    '',
    `${word('handover.readme.program')}:`,
    '  kuager letter verify .',
    `  kuager letter open . ${hands.identities} --out ../opened`,
    '',
    `${word('handover.readme.by-hand')}:`,
    word('handover.readme.check-sums'),
    `  sha256sum --check --quiet ${SUMS}`,
    word('handover.readme.check-names'),
    `  for f in ${SIGNATURES}/*.age; do echo "$(basename "$f" .age)  $f"; done | sha256sum --check --quiet`,
    say(lang, hands.about, { file: 'KEYS.txt' }),
    '  mkdir -m 700 ../opened',
    `  for f in ${SIGNATURES}/*.age; do ${hands.opens('../opened/$(basename "$f" .age).json')}; done`,
    '',
    say(lang, 'handover.readme.destroy', {
      day: formatDate(lang, instant(Date.parse(`${letter.destroys}T00:00:00Z`)), 'UTC'),
    }),
    '',
  ].join('\n')
}

function holders(lang: Lang, layers: LetterKeys['layers']): readonly string[] {
  const group = (at: number): 'only' | 'inner' | 'outer' =>
    layers.length === 1 ? 'only' : at === 0 ? 'inner' : 'outer'
  return layers.flatMap((layer, at) => [
    `  ${say(lang, `handover.readme.layer.${group(at)}`)}:`,
    ...layer.flatMap(({ holder, recipient }) => [`    ${holder[lang]}`, `      ${recipient}`]),
  ])
}

/** How signatures are opened: names of keys for the program, and the commands for one file `$f` with only `age`. */
interface Hands {
  readonly identities: string
  readonly about: 'handover.readme.open-one' | 'handover.readme.open-two' | 'handover.readme.open-changed'
  readonly opens: (to: string) => string
}
const ONE: Hands = {
  identities: '--identity KEY.txt',
  about: 'handover.readme.open-one',
  opens: (to) => `age --decrypt --identity KEY.txt "$f" > "${to}"`,
}
const TWO: Hands = {
  identities: '--identity OUTER.txt --identity INNER.txt',
  about: 'handover.readme.open-two',
  opens: (to) => `age --decrypt --identity OUTER.txt "$f" | age --decrypt --identity INNER.txt > "${to}"`,
}
/** Which version was signed, and so how many layers there are, shows only when a file is open. */
const CHANGED: Hands = {
  identities: '--identity KEYS.txt',
  about: 'handover.readme.open-changed',
  opens: (to) =>
    `cp "$f" ../opened/one; while head -c 21 ../opened/one | grep -q '^age-encryption.org/v1'; do age --decrypt --identity KEYS.txt ../opened/one > ../opened/two && mv ../opened/two ../opened/one || break; done; mv ../opened/one "${to}"; rm -f ../opened/two`,
}
