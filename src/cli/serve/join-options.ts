import type { JoinSettings } from '../../app/download/join-desk.ts'
import { parseMinisignKey } from '../../core/evidence/minisign.ts'
import { defined } from '../../core/model/defined.ts'
import { wrongOption } from '../../core/model/errors.ts'
import { fitForJoinLink } from '../../core/model/people/join-link.ts'
import { printable } from '../../core/text/printable.ts'
import { optional, repeatable, under, type OptionReader, type OptionValues } from '../terminal/option.ts'
import { filePath } from '../terminal/shared-options.ts'

const collectorOrigin: OptionReader<string> = (text, { name }) => {
  const [origin] = fitForJoinLink([text])
  if (origin !== undefined) return origin
  throw wrongOption(name, `found "${printable(text)}"`, 'https://HOST or http://….onion, without a path')
}

const ooniRunLink: OptionReader<string> = (text, { name }) => {
  if (/^https:\/\/run\.ooni\.org\/v2\/\d{1,12}$/.test(text)) return text
  throw wrongOption(name, `found "${printable(text)}"`, 'https://run.ooni.org/v2/NUMBER')
}

const sourceAddress: OptionReader<string> = (text, { name }) => {
  const url = URL.parse(text)
  if (url?.protocol === 'https:' && url.username === '' && url.search === '' && url.hash === '') return url.href
  throw wrongOption(name, `found "${printable(text)}"`, 'the https address of a git repository')
}

const releaseKey: OptionReader<NonNullable<ReturnType<typeof parseMinisignKey>>> = (text, { name }) => {
  const key = parseMinisignKey(text)
  if (key !== undefined) return key
  throw wrongOption(name, 'it does not read', 'the line that "kuager release key" printed, which begins with RW')
}

/** Options of `kuager serve` about people who want to measure. */
export const JOIN_OPTIONS = under('What the page /join offers to volunteers (docs/operating/running.md)', {
  release: optional('DIR', 'Folder of a signed release. Its files are served by this site if they have their hashes.', {
    read: filePath,
  }),
  'release-key': optional(
    'KEY',
    'Public key of releases. Files without its signature are left out. Without it: the page says that nothing is signed.',
    { read: releaseKey },
  ),
  updates: optional('DIR', 'Folder of updates of the probe, served at /updates/ (docs/operating/release.md).', {
    read: filePath,
  }),
  'join-collector': repeatable('URL', 'Another collector in the link to join, after this site.', {
    read: collectorOrigin,
  }),
  'ooni-run': optional('URL', 'Link of OONI Run for phones, https://run.ooni.org/v2/NUMBER.', { read: ooniRunLink }),
  repository: optional('URL', 'Where the source of the program can be cloned.', { read: sourceAddress }),
})

/** What the options say. Helpers that only this machine reaches are not in the link. */
export function joinSettings(
  values: OptionValues<typeof JOIN_OPTIONS>,
  { controls }: { readonly controls: readonly string[] },
): JoinSettings {
  const { release, 'release-key': key, 'ooni-run': ooniRun, repository, updates: updateFolder } = values
  return {
    collectors: values['join-collector'],
    controls: fitForJoinLink(controls),
    ...defined({ ooniRun, repository, updateFolder }),
    ...(release === undefined ? {} : { release: { folder: release, ...defined({ key }) } }),
  }
}
