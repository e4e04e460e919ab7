import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Printed } from '../../../src/documents/typst/set-paper.ts'
import { hasProgram } from '../net/lab-authority.ts'

const lacking = ['pdftotext', 'pdffonts', 'pdfinfo', 'qpdf'].filter((name) => !hasProgram(name))

/** Why tests that read a PDF by other programs are skipped; false where they run. */
export const pdfSkip: string | false = lacking.length === 0 ? false : `needs ${lacking.join(', ')}`

/** A PDF as other programs read it; disposing it removes its file. */
export class ReadPdf implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'kuager-pdf-'))
  readonly #file = join(this.#folder, 'paper.pdf')

  constructor(pdf: Uint8Array) {
    writeFileSync(this.#file, pdf)
  }

  #run(program: string, ...args: readonly string[]): string {
    return execFileSync(program, args, {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  /** Text of all pages, a form feed after each; of one page where it is named. */
  text(page?: number): string {
    const range = page === undefined ? [] : ['-f', String(page), '-l', String(page)]
    return this.#run('pdftotext', ...range, this.#file, '-')
  }

  get info(): string {
    return this.#run('pdfinfo', this.#file)
  }

  get pages(): number {
    return Number(/^Pages:\s+(\d+)$/m.exec(this.info)?.[1])
  }

  /** The tree of tags with its texts. */
  get structure(): string {
    return this.#run('pdfinfo', '-struct-text', this.#file)
  }

  /** Fonts, a line each: name, whether it is embedded, whether its text can be read out. */
  get fonts(): readonly { readonly name: string; readonly embedded: boolean; readonly unicode: boolean }[] {
    return this.#run('pdffonts', this.#file)
      .split('\n')
      .slice(2)
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const [embedded, , unicode] = line.trim().split(/\s+/).slice(-5)
        return { name: line.split(/\s/)[0] ?? '', embedded: embedded === 'yes', unicode: unicode === 'yes' }
      })
  }

  /** Language of the document. */
  get lang(): string | undefined {
    return /"\/Lang": "u:([^"]+)"/.exec(this.#run('qpdf', '--json=2', this.#file))?.[1]
  }

  /** Throws where the file is not a sound PDF. */
  check(): void {
    this.#run('qpdf', '--check', this.#file)
  }

  /** Bytes of an attached file. */
  attached(name: string): string {
    return this.#run('qpdf', `--show-attachment=${name}`, this.#file)
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** The bytes of a paper that must have been printed. */
export function bytesOf(printed: Printed): Uint8Array {
  if (printed.kind === 'missing') throw new Error(`Cannot print a paper in a test: ${printed.missing} is missing`)
  return printed.pdf
}
