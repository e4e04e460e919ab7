import { TIERS, VOID_REASONS, type Letter } from '../../model/letter.ts'
import { instant } from '../../model/units.ts'
import { say } from '../../text/format.ts'
import type { Lang } from '../../text/lang.ts'
import { formatNumber } from '../../text/number.ts'
import { formatDate } from '../../text/time.ts'
import { LETTERS, LOG, MANIFEST, SIGNATURES, SUMS, type HandoverManifest } from './manifest.ts'

/**
 * What lies in the bundle and how it is opened, with this program or with `age` and the tools of every system alone. The
 * commands are for a shell as POSIX has it, and make files with the names of people: they begin with a folder of one's own.
 */
export function handoverReadme(lang: Lang, letter: Letter, { counted, removed }: HandoverManifest): string {
  const number = (value: number): string => formatNumber(lang, value)
  const word = (key: Parameters<typeof say>[1]): string => say(lang, key)
  const layers = letter.keys.layers.length
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
    ...letter.keys.layers.flatMap((layer, at) => [
      `  ${word(layers === 1 ? 'handover.readme.layer.only' : at === 0 ? 'handover.readme.layer.inner' : 'handover.readme.layer.outer')}:`,
      ...layer.flatMap(({ holder, recipient }) => [`    ${holder[lang]}`, `      ${recipient}`]),
    ]),
    '',
    `${word('handover.readme.program')}:`,
    '  kuager letter verify .',
    `  kuager letter open . ${layers === 1 ? '--identity KEY.txt' : '--identity OUTER.txt --identity INNER.txt'} --out ../opened`,
    '',
    `${word('handover.readme.by-hand')}:`,
    word('handover.readme.check-sums'),
    `  sha256sum --check --quiet ${SUMS}`,
    word('handover.readme.check-names'),
    `  for f in ${SIGNATURES}/*.age; do echo "$(basename "$f" .age)  $f"; done | sha256sum --check --quiet`,
    word(layers === 1 ? 'handover.readme.open-one' : 'handover.readme.open-two'),
    '  mkdir -m 700 ../opened',
    `  for f in ${SIGNATURES}/*.age; do ${
      layers === 1
        ? 'age --decrypt --identity KEY.txt "$f"'
        : 'age --decrypt --identity OUTER.txt "$f" | age --decrypt --identity INNER.txt'
    } > "../opened/$(basename "$f" .age).json"; done`,
    '',
    say(lang, 'handover.readme.destroy', {
      day: formatDate(lang, instant(Date.parse(`${letter.destroys}T00:00:00Z`)), 'UTC'),
    }),
    '',
  ].join('\n')
}
