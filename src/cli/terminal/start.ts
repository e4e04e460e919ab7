import { createInterface } from 'node:readline/promises'
import { InputError } from '../../core/model/errors.ts'
import { printableLines } from '../../core/text/printable.ts'
import type { World } from '../../runtime/world.ts'

/** Runs the command line of this process in its world, ended by SIGINT and SIGTERM, and sets the exit code. */
export async function startProgram(argv: readonly string[], runCommand: World['runCommand']): Promise<void> {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort(new Error(name)))
  const world: World = {
    out: process.stdout,
    err: process.stderr,
    terminal: process.stderr.isTTY === true && process.env['TERM'] !== 'dumb',
    ...(process.stdin.isTTY === true && process.stderr.isTTY === true ? { ask: askTerminal } : {}),
    ...(process.stderr.isTTY === true
      ? { size: () => ({ columns: process.stderr.columns, rows: process.stderr.rows }) }
      : {}),
    ...(process.stdout.isTTY === true ? { outColumns: () => process.stdout.columns } : {}),
    env: process.env,
    cwd: process.cwd(),
    signal: controller.signal,
    runCommand,
  }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  process.exitCode = await runCommand(argv, world)
}

/** Writes an error as one sentence and gives the exit code. Sentences of errors quote names and values of third parties' files. */
export function reportError(error: unknown, world: World): number {
  const tell = (text: string): void => void world.err.write(printableLines(`kuager: ${text}\n`))
  if (error instanceof InputError) {
    tell(wrongUseSentence(error))
    return 2
  }
  if (world.signal.aborted) {
    tell('stopped')
    return 1
  }
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++)
    tell(`${depth === 0 ? '' : 'because: '}${cause.message}`)
  if (world.env['KUAGER_DEBUG'] !== undefined && error instanceof Error)
    world.err.write(printableLines(`${error.stack ?? ''}\n`))
  return 1
}

/** What was wrong and, where the sentence does not say so itself, what would have been right. */
function wrongUseSentence(error: InputError): string {
  if (/expected|--help|kuager help/.test(error.message)) return error.message
  return error.message.includes(error.expected) ? error.message : `${error.message}; expected ${error.expected}`
}

/** Asks one question on the terminal and gives the answer, trimmed; undefined where the input ends or the run stops. */
async function askTerminal(question: string, signal: AbortSignal): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const closed = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)))
  try {
    return await Promise.race([lines.question(question, { signal }).then((text) => text.trim()), closed])
  } catch {
    return undefined // stopped while the question stood there: no answer
  } finally {
    lines.close()
  }
}
