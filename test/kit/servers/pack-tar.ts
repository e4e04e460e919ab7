import { execFileSync } from 'node:child_process'

export interface PackedFile {
  readonly name: string
  readonly body: Uint8Array
}

function header(name: string, size: number, type: string): Buffer {
  const block = Buffer.alloc(512)
  block.write(name.slice(0, 100), 0, 'utf8')
  block.write('0000644\0', 100)
  block.write('0000000\0', 108)
  block.write('0000000\0', 116)
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124)
  block.write('00000000000\0', 136)
  block.write('        ', 148)
  block.write(type, 156)
  block.write('ustar\x0000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

const padded = (body: Uint8Array): Buffer => Buffer.concat([body, Buffer.alloc((512 - (body.length % 512)) % 512)])

function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  let length = Buffer.byteLength(rest)
  while (String(length).length + Buffer.byteLength(rest) !== length)
    length = String(length).length + Buffer.byteLength(rest)
  return `${length}${rest}`
}

/** Makes a tar archive (ustar, with pax headers for long names) as bytes. */
export function packTar(files: readonly PackedFile[]): Buffer {
  const parts: Buffer[] = []
  for (const { name, body } of files) {
    if (Buffer.byteLength(name) > 100) {
      const record = Buffer.from(paxRecord('path', name))
      parts.push(header('pax', record.length, 'x'), padded(record))
    }
    parts.push(header(name, body.length, '0'), padded(body))
  }
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}

/** The system's tar over a folder, as an independent witness of the format. */
export const systemTar = (folder: string, format: 'ustar' | 'pax' | 'gnu'): Buffer =>
  execFileSync('tar', ['-c', '-f', '-', `--format=${format}`, '-C', folder, '.'], { maxBuffer: 1 << 28 })
