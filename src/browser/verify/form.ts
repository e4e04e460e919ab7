import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { chosenBytes, type ChosenFiles, chosenZip, folderOf, type ChosenFile } from './chosen.ts'
import type { Checker } from './checker.ts'
import { element, shown } from './element.ts'
import { makeResult } from './result.ts'

const MEGA = 1_000_000
let forms = 0

/** Puts the form and its result into a place of the page, in one language. */
export function mountChecker(place: HTMLElement, lang: Lang, checker: Checker): void {
  const word = (name: Parameters<typeof toolKey>[0]): string => say(lang, toolKey(name))
  const id = `verify-${++forms}`
  const zip = element('input', { type: 'file', accept: '.zip,application/zip', class: 'vh', 'data-choose': 'zip' })
  const folder = element('input', { type: 'file', webkitdirectory: '', class: 'vh', 'data-choose': 'folder' })
  const chosen = element('p', { class: 'chosen', role: 'status' })
  const keys = element('textarea', {
    id: `${id}-key`,
    rows: '2',
    spellcheck: 'false',
    autocomplete: 'off',
    autocapitalize: 'off',
    'aria-describedby': `${id}-key-about ${id}-key-wrong`,
    class: 'mono',
  })
  const wrong = element('p', { id: `${id}-key-wrong`, class: 'bad', role: 'alert', hidden: '' })
  const roots = element('input', {
    type: 'file',
    multiple: '',
    accept: '.pem,.crt,application/x-pem-file',
    id: `${id}-roots`,
    'aria-describedby': `${id}-roots-about ${id}-roots-named`,
  })
  const rootsNamed = element('p', { id: `${id}-roots-named`, class: 'sm', role: 'status' })
  const judge = element('input', { type: 'checkbox', id: `${id}-judge`, 'aria-describedby': `${id}-judge-about` })
  const start = element('button', { type: 'submit', class: 'btn first' }, word('start'))
  const result = makeResult(lang, () => {
    checker.stop()
  })
  const form = element(
    'form',
    { class: 'checker' },
    element(
      'fieldset',
      { class: 'takes-one' },
      element('legend', {}, word('choose')),
      element('label', { class: 'btn' }, word('zip'), zip),
      element('label', { class: 'btn' }, word('folder'), folder),
      element('p', { class: 'sm q drop' }, word('drop')),
    ),
    chosen,
    element(
      'div',
      { class: 'field' },
      element('label', { for: keys.id }, word('key')),
      element('p', { id: `${id}-key-about`, class: 'sm q' }, word('key-about')),
      wrong,
      keys,
    ),
    element(
      'div',
      { class: 'field' },
      element('label', { for: roots.id }, word('roots')),
      element('p', { id: `${id}-roots-about`, class: 'sm q' }, word('roots-about')),
      roots,
      rootsNamed,
    ),
    element(
      'div',
      { class: 'field tick' },
      judge,
      element('label', { for: judge.id }, word('judge')),
      element('p', { id: `${id}-judge-about`, class: 'sm q' }, word('judge-about')),
    ),
    element('p', { class: 'ways' }, start),
  )
  place.replaceChildren(form, result.root)

  zip.addEventListener('change', () => {
    checker.chooseZip(zip.files?.[0])
    zip.value = ''
  })
  folder.addEventListener('change', () => {
    checker.chooseFolder([...(folder.files ?? [])])
    folder.value = ''
  })
  keys.addEventListener('input', () => {
    checker.typeKeys(keys.value)
  })
  roots.addEventListener('change', () => {
    void checker.chooseRoots([...(roots.files ?? [])])
  })
  judge.addEventListener('change', () => {
    checker.setJudge(judge.checked)
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    checker.start()
    // The button rests while a check runs, so the person who pressed it would lose the focus.
    if (start.disabled) result.look()
  })
  checker.show((state, change) => {
    result.update(state, change)
    if (change === 'told') return
    const running = state.phase.kind === 'running'
    chosen.textContent = `${word('chosen')}: ${state.refused ? word('several') : chosenText(lang, state.chosen)}`
    if (keys.value !== state.keys) keys.value = state.keys
    const { badRoots, rootFiles } = state
    rootsNamed.textContent =
      badRoots === undefined ? rootFiles.map(shown).join(', ') : `${word('roots-wrong')}: ${shown(badRoots)}`
    rootsNamed.classList.toggle('bad', badRoots !== undefined)
    judge.checked = state.judge
    start.disabled = running
    wrong.toggleAttribute('hidden', state.badKey === undefined)
    wrong.textContent = state.badKey === undefined ? '' : `${word('key-wrong')}: ${shown(state.badKey)}`
  })
}

const toolKey = <
  Name extends
    | 'choose'
    | 'zip'
    | 'folder'
    | 'drop'
    | 'chosen'
    | 'several'
    | 'key'
    | 'key-about'
    | 'key-wrong'
    | 'roots'
    | 'roots-about'
    | 'roots-wrong'
    | 'judge'
    | 'judge-about'
    | 'start',
>(
  name: Name,
): `proof-page.tool.${Name}` => `proof-page.tool.${name}`

function chosenText(lang: Lang, chosen: ChosenFiles | undefined): string {
  if (chosen === undefined) return say(lang, 'proof-page.tool.chosen-nothing')
  const size = sizeText(lang, chosenBytes(chosen))
  const files = chosen.kind === 'zip' ? [] : [say(lang, 'proof-page.tool.files', { count: chosen.files.length })]
  return [shown(chosen.name), size, ...files].join(', ')
}

const sizeText = (lang: Lang, bytes: number): string =>
  bytes < MEGA
    ? say(lang, 'bundle.kilobytes', { size: formatNumber(lang, bytes / 1000, 1) })
    : say(lang, 'bundle.megabytes', { size: formatNumber(lang, bytes / MEGA, 1) })

/** What is dropped anywhere on the page is taken: a person who misses the form would otherwise leave the page. */
export function takeDrops(checker: Checker): void {
  document.addEventListener('dragover', (event) => {
    event.preventDefault()
  })
  document.addEventListener('drop', (event) => {
    event.preventDefault()
    const items = event.dataTransfer?.items
    if (items !== undefined) void droppedOn(items).then((chosen) => checker.choose(chosen))
  })
}

/** More files than any bundle may have: a folder with more is not looked through to its end. */
const MOST_FILES = 1_000_001
/** Deeper folders are named by the verifier, which needs one of them to see. */
const MOST_DEPTH = 18

/**
 * What was dropped on the page: one zip or one folder; undefined for anything else. The items have to be asked before the
 * event ends, so nothing is awaited before that.
 */
async function droppedOn(items: DataTransferItemList): Promise<ChosenFiles | undefined> {
  const [item, ...more] = [...items].filter(({ kind }) => kind === 'file')
  if (item === undefined || more.length > 0) return undefined
  const handle = givesHandles(item) ? item.getAsFileSystemHandle() : undefined
  const entry = item.webkitGetAsEntry()
  const file = item.getAsFile()
  const found = (await handle) ?? undefined
  if (found?.kind === 'directory') return folderOf(found.name, await fromHandle(found, '', []))
  if (found === undefined && entry instanceof FileSystemDirectoryEntry)
    return folderOf(entry.name, await fromEntry(entry, '', []))
  return file === null ? undefined : chosenZip(file)
}

interface HandleItem {
  getAsFileSystemHandle(): Promise<Handle | null>
}
const givesHandles = (item: DataTransferItem): item is DataTransferItem & HandleItem => 'getAsFileSystemHandle' in item

type Handle =
  | { readonly kind: 'file'; readonly name: string; getFile(): Promise<File> }
  | { readonly kind: 'directory'; readonly name: string; values(): AsyncIterable<Handle> }

/** Chromium's way, which works for a page opened from disk too. */
async function fromHandle(
  folder: Extract<Handle, { kind: 'directory' }>,
  path: string,
  files: ChosenFile[],
): Promise<readonly ChosenFile[]> {
  if (path.split('/').length > MOST_DEPTH) return files
  for await (const handle of folder.values()) {
    if (files.length >= MOST_FILES) return files
    if (handle.kind === 'file') files.push({ path: `${path}${handle.name}`, file: await handle.getFile() })
    else await fromHandle(handle, `${path}${handle.name}/`, files)
  }
  return files
}

/** The way of the others. A reader of a folder gives a part of it at a time, and nothing after the last. */
async function fromEntry(
  folder: FileSystemDirectoryEntry,
  path: string,
  files: ChosenFile[],
): Promise<readonly ChosenFile[]> {
  if (path.split('/').length > MOST_DEPTH) return files
  const reader = folder.createReader()
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject)
    })
    if (part.length === 0) return files
    for (const entry of part) {
      if (files.length >= MOST_FILES) return files
      if (entry instanceof FileSystemDirectoryEntry) await fromEntry(entry, `${path}${entry.name}/`, files)
      else if (entry instanceof FileSystemFileEntry)
        files.push({ path: `${path}${entry.name}`, file: await fileOf(entry) })
    }
  }
}

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => {
    entry.file(resolve, reject)
  })
