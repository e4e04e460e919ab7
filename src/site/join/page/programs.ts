import { html } from 'hono/html'
import { say } from '../../../core/text/format.ts'
import type { Lang } from '../../../core/text/lang.ts'
import { formatNumber } from '../../../core/text/number.ts'
import type { Markup } from '../../../web/html/markup.ts'
import { fold } from '../../../web/html/fold.ts'
import { commands } from '../../../web/html/prose.ts'
import { urls } from '../../urls.ts'
import { RELEASE_SYSTEMS, type Release, type ReleaseFile, type ReleaseSystem } from '../contract.ts'

/** Names of systems are the same in every language. */
const NAMES = { windows: 'Windows', linux: 'Linux', macos: 'macOS' } as const

const nameOf = (lang: Lang, system: ReleaseSystem): string =>
  system === 'router' ? say(lang, 'join-page.system.router') : NAMES[system]

/** Programs by system. A script moves the reader's system to the front; without one all are equal. */
export const programs = (lang: Lang, release: Release): Markup =>
  html`${RELEASE_SYSTEMS.map((system) => ({
    system,
    files: release.programs.filter((file) => file.system === system).toSorted((a, b) => rank(a.name) - rank(b.name)),
  }))
    .filter(({ files }) => files.length > 0)
    .map(
      ({ system, files }) =>
        html`<section data-system="${system}" aria-labelledby="on-${system}">
          <h3 id="on-${system}">${nameOf(lang, system)}</h3>
          ${files.map((file, at) => download(lang, file, at === 0))} ${howTo(lang, system, files)}
          ${fold(say(lang, 'join-page.check'), check(lang, files, release))}
        </section>`,
    )}`

/** What installs itself comes first, the usual processor before the other. */
const ORDER = [/\.zip$/, /amd64\.deb$/, /arm64\.deb$/, /x64$/, /\.exe$/]
const rank = (name: string): number => {
  const place = ORDER.findIndex((pattern) => pattern.test(name))
  return place < 0 ? ORDER.length : place
}

/** Which processor, for files that are made for several. */
const processorOf = (name: string): string =>
  /arm64|aarch64/.test(name) ? ' · ARM' : /x64|amd64/.test(name) && !/\.(?:zip|exe)$/.test(name) ? ' · x64' : ''

function kindOf(lang: Lang, name: string): string {
  if (/\.zip$|\.tar\.gz$/.test(name)) return say(lang, 'join-page.kind.zip')
  if (name.endsWith('.exe')) return say(lang, 'join-page.kind.exe')
  if (name.endsWith('.deb')) return say(lang, 'join-page.kind.deb', { systems: 'Debian, Ubuntu' })
  return say(lang, 'join-page.kind.plain')
}

const download = (lang: Lang, { name, bytes }: ReleaseFile, isFirst: boolean): Markup =>
  html`<p class="download">
    <a class="btn${isFirst ? ' first' : ''}" href="${urls.download(name)}" download="${name}"
      >${kindOf(lang, name)}${processorOf(name)} ·
      ${say(lang, 'join-page.megabytes', { size: formatNumber(lang, bytes / 1e6, 1) })}</a
    >
  </p>`

function howTo(lang: Lang, system: ReleaseSystem, files: readonly ReleaseFile[]): Markup {
  if (system === 'windows') return html`<p>${say(lang, 'join-page.do.windows', { file: 'install.cmd' })}</p>`
  if (system === 'macos')
    return html`<p>${say(lang, 'join-page.do.macos', { runtime: 'Node.js 24', file: 'install.command' })}</p>`
  if (system !== 'linux') return html`<p>${say(lang, `join-page.do.${system}`)}</p>`
  const plain = files.find(({ name }) => name.endsWith('linux-x64')) ?? files.find(({ name }) => name.includes('linux'))
  return html`<p>${say(lang, 'join-page.do.linux')}</p>
    ${commands(lang, plain === undefined ? ['kuager-probe page'] : ['kuager-probe page', `chmod +x ${plain.name} && ./${plain.name}`])}`
}

/** What is typed on a system for the SHA-256 of a file. */
const SUM: Readonly<Record<ReleaseSystem, (name: string) => string>> = {
  windows: (name) => `certutil -hashfile ${name} SHA256`,
  macos: (name) => `shasum -a 256 ${name}`,
  linux: (name) => `sha256sum ${name}`,
  router: (name) => `sha256sum ${name}`,
}

/** How the files of a system are checked; what signs them is one key. */
function check(lang: Lang, files: readonly ReleaseFile[], { publicKey }: Release): Markup {
  const isSigned = publicKey !== undefined && files.every(({ signed }) => signed)
  return html`<p>${say(lang, 'join-page.check.sum')}</p>
    <p>${say(lang, isSigned ? 'join-page.check.sign' : 'join-page.check.none')}</p>
    ${files.map(
      ({ name, sha256, system }) =>
        html`<h4 class="any" translate="no">${name}</h4>
          <p class="mono key any">${sha256}</p>
          ${commands(lang, [SUM[system](name), ...(isSigned ? [`minisign -Vm ${name} -P ${publicKey}`] : [])])}
          ${
            isSigned
              ? html`<p>
                  <a class="tap" href="${urls.download(`${name}.minisig`)}" download="${name}.minisig"
                    >${say(lang, 'join-page.check.file')}</a
                  >
                </p>`
              : ''
          }`,
    )}`
}
