import { existsSync, readFileSync, statSync } from 'node:fs'
import { InputError } from '../../core/model/errors.ts'
import { operatorSchema, type Operator } from '../../core/model/operator.ts'

/** A file of more than this many bytes is refused. */
const MAX_BYTES = 256 * 1024

/** What a file must look like, for the error about another form. */
export const OPERATOR_EXAMPLE = `{
  "name": { "kk": "…", "ru": "…", "en": "Name of the body that answers for this server" },
  "seat": { "kk": "…", "ru": "…", "en": "Where it is registered, or that it is not" },
  "funders": [{ "name": { "kk": "…", "ru": "…", "en": "Who pays" }, "since": "2026", "share": "60 %" }],
  "interests": [{ "kk": "…", "ru": "…", "en": "A tie or a proceeding that readers should know of" }],
  "contacts": [{ "kind": "mail", "value": "desk@observatory.example" }],
  "confirmed": "2026-11-25"
}`

/**
 * Reads who runs the server from `file`; undefined where there is no such file. Throws InputError, with an example of what
 * is expected, for a file that cannot be read.
 */
export function loadOperator(file: string): Operator | undefined {
  if (!existsSync(file)) return undefined
  const stat = statSync(file)
  if (!stat.isFile() || stat.size > MAX_BYTES)
    throw unreadable(file, '', `a file of at most ${MAX_BYTES / 1024} KiB was expected`)
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)))
  } catch (error) {
    throw unreadable(file, '', error instanceof Error ? error.message : 'no JSON')
  }
  const read = operatorSchema.safeParse(json)
  if (read.success) return read.data
  const issue = read.error.issues[0]
  throw unreadable(file, issue?.path.join('/') ?? '', issue?.message ?? 'not as expected')
}

const unreadable = (file: string, path: string, found: string): InputError =>
  new InputError(
    `Cannot read who runs this server from ${file}: ${path === '' ? '' : `"${path}": `}${found}. Expected, in the three languages:\n${OPERATOR_EXAMPLE}`,
    {
      code: 'operator.invalid',
      path: path === '' ? file : path,
      expected: 'about.json as docs/operating/running.md has it',
    },
  )

/** The error for a public server that says nothing about itself. */
export const operatorMissing = (file: string): InputError =>
  new InputError(
    `Cannot serve in public: there is no ${file}. Say who runs this server, who pays for it and how to reach them:\n${OPERATOR_EXAMPLE}`,
    { code: 'operator.missing', path: file, expected: 'about.json in the data folder, or --about FILE' },
  )
