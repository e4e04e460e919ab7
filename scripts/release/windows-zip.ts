import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { isWorthPacking, planZip, zipLocalHeader } from '../../src/core/evidence/bundle/zip-form.ts'
import { ROOT } from './program.ts'

const FOLDER = join(ROOT, 'scripts', 'release', 'windows')

/** Text with the ends of lines that `cmd` needs; a byte order mark tells old editors that a text is UTF-8. */
const forWindows = (text: string): Buffer =>
  Buffer.from(`${/[^\n -~]/.test(text) ? '\ufeff' : ''}${text.replaceAll('\n', '\r\n')}`)

/** Writes the archive that a volunteer unpacks on Windows: the program, and what installs and removes it. */
export function writeWindowsZip(program: string, to: string): void {
  const files = [
    { path: 'kuager-probe.exe', bytes: readFileSync(program) },
    ...readdirSync(FOLDER).map((path) => ({ path, bytes: forWindows(readFileSync(join(FOLDER, path), 'utf8')) })),
  ]
  const packed = new Map<string, Buffer>()
  const members = files.map(({ path, bytes }) => {
    const short = deflateRawSync(bytes, { level: 9 })
    const packs = isWorthPacking(bytes.length, short.length)
    packed.set(path, packs ? short : bytes)
    return { path, size: bytes.length, crc32: crc32(bytes), ...(packs ? { packed: short.length } : {}) }
  })
  const plan = planZip(members)
  const parts = plan.members.flatMap((member) => [zipLocalHeader(member), packed.get(member.path) ?? Buffer.alloc(0)])
  writeFileSync(to, Buffer.concat([...parts, plan.end]))
}
