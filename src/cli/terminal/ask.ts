import { createInterface } from 'node:readline/promises'

/** Asks one question on the terminal and gives the answer, trimmed; undefined where the input ends or the run stops. */
export async function askTerminal(question: string, signal: AbortSignal): Promise<string | undefined> {
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
