import { readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { InputError } from '../../core/model/errors.ts'
import { canonicalHostname } from '../../core/model/hostname.ts'
import { isNeverHost, neverSchema, type ListedUrl, type Never } from '../../core/model/tables/test-list.ts'
import { parseCsv } from '../../core/model/csv.ts'
import { PACKAGE_ROOT } from '../files/package-root.ts'
import { readTable } from './table-file.ts'

const MAX_BYTES = 8 * 1024 * 1024
const LONGEST_URL = 2048

/** What is never measured nor offered, by default data/never.json. Throws InputError with file and path. */
export const loadNever = (file: string = join(PACKAGE_ROOT, 'data', 'never.json')): Never =>
  readTable(file, neverSchema, {
    what: 'list of what is never measured',
    code: 'never.invalid',
    form: 'the form of docs/formats/measured-lists.md',
  })

/**
 * Lists in the CSV form of the Citizen Lab (columns `url`, `category_code`, others as they come), joined, each URL
 * once. The country is that of the file's name (`kz.csv`), `XX` for any other name. Rows of a category or a host that is
 * never measured are left out, and so are rows without a category: it is unknown what they would do to a person.
 * Throws InputError with file and line for what cannot be read.
 */
export function loadTestLists(files: readonly string[], never: Never = loadNever()): readonly ListedUrl[] {
  const barred = new Set(never.categories.map(({ code }) => code))
  const seen = new Map<string, ListedUrl>()
  for (const file of files)
    for (const row of readList(file)) {
      const host = canonicalHostname(new URL(row.url).hostname) ?? new URL(row.url).hostname
      if (row.category_code === '' || barred.has(row.category_code) || isNeverHost(host, never)) continue
      if (!seen.has(row.url)) seen.set(row.url, row)
    }
  return [...seen.values()]
}

function readList(file: string): readonly ListedUrl[] {
  const refuse = (found: string, line?: number): InputError =>
    new InputError(`Cannot read list "${basename(file)}"${line === undefined ? '' : `, line ${line}`}: ${found}`, {
      code: 'list.invalid',
      path: line === undefined ? file : `${file}, line ${line}`,
      expected: 'a CSV file of the Citizen Lab with the columns url and category_code',
    })
  let text: string
  try {
    if (statSync(file).size > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes`)
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw refuse(error instanceof Error ? error.message : String(error))
  }
  const [head, ...rows] = parseCsv(text)
  const url = head?.cells.indexOf('url') ?? -1
  const category = head?.cells.indexOf('category_code') ?? -1
  if (url === -1 || category === -1) throw refuse('its first line does not name url and category_code')
  const country = /^([a-z]{2})\.csv$/i.exec(basename(file))?.[1]?.toUpperCase() ?? 'XX'
  return rows.map(({ cells, line }) => {
    const given = cells[url]?.trim() ?? ''
    const parsed = given.length > LONGEST_URL ? null : URL.parse(given)
    if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.password !== '')
      throw refuse('the URL is none of http or https', line)
    return { url: parsed.href, category_code: cells[category]?.trim().toUpperCase() ?? '', country_code: country }
  })
}
