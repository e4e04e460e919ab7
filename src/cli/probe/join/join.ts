import { InputError } from '../../../core/model/errors.ts'
import { parseJoinLink, type JoinLink } from '../../../core/model/people/join-link.ts'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { consentedTiers, loadConsent } from '../../../probe/consent/consent.ts'
import { joinObservatory, type Joining } from '../../../probe/identity/join.ts'
import { commandLine } from '../../terminal/command-line.ts'
import { task } from '../../terminal/command.ts'
import { hostsOf } from '../consent/consent-text.ts'
import { readAsked, someOptions, type Asked } from '../options.ts'
import { writeSentence } from '../tell.ts'

export const command = task({
  about: `
Join an observatory by its link. The link of the page "Join" contains where measurements go, the control servers
abroad, the observatory's key, and perhaps an invitation. Nothing is measured or sent, and you consent to nothing yet.`,
  examples: ['"https://kuager.example/join#v1.abc"'],
  words: { LINK: 'The link, as https://OBSERVATORY/join#….' },
  options: someOptions('replace'),
  async run(values, call) {
    const asked = await readAsked(values, call)
    const link = await joinBy(asked, asked.positionals[0] ?? '', values.replace === true)
    const agreed = consentedTiers(await loadConsent(asked.folder)).length > 0
    const next = agreed
      ? say(asked.lang, 'probe-join.agreed')
      : say(asked.lang, 'probe-join.next', { page: commandLine('probe', 'page'), run: commandLine('probe', 'run') })
    for (const sentence of [...joinedSentences(asked.lang, link), next]) writeSentence(sentence, call.world)
    return 0
  },
})

/** What was joined, in sentences. */
const joinedSentences = (lang: Lang, link: JoinLink): readonly string[] => [
  say(lang, 'probe-join.joined', { observatory: hostsOf([link.observatory]) }),
  say(lang, 'probe.consent.to', { list: hostsOf(link.collectors) }),
  ...(link.controls.length === 0 ? [] : [say(lang, 'probe.consent.to-control', { list: hostsOf(link.controls) })]),
  ...(link.invitation === undefined ? [] : [say(lang, 'probe-join.invited')]),
]

/**
 * Joins by a link that a person gave, in the terminal or in the page. Throws InputError with a sentence in their language
 * where it is no link, or where it is of another observatory than before and `replace` is false.
 */
export async function joinBy({ folder, lang }: Asked, given: string, replace: boolean): Promise<JoinLink> {
  const read = parseJoinLink(given)
  if (read.kind === 'wrong') throw refusal(`join.${read.why}`, say(lang, `probe-join.wrong.${read.why}`))
  const joining = await joinObservatory(folder, read.link, { replace })
  if (joining.kind === 'refused') throw refusal(`join.${joining.why}`, refusedSentence(lang, read.link, joining))
  return read.link
}

const refusedSentence = (lang: Lang, link: JoinLink, joining: Extract<Joining, { kind: 'refused' }>): string =>
  say(lang, `probe-join.${joining.why}`, {
    before: hostsOf([joining.before.observatory]),
    observatory: hostsOf(joining.why === 'moved' ? joining.added : [link.observatory]),
    command: commandLine('probe', 'join', '--replace', 'LINK'),
  })

const refusal = (code: string, sentence: string): InputError =>
  new InputError(sentence, { code, path: 'LINK', expected: 'a link of the form https://OBSERVATORY/join#…' })
