import { join } from 'node:path'
import { REAL_DISK, type Disk, type DiskFile } from '../../../runtime/files/disk.ts'
import { readWhole } from '../../../runtime/files/durable-file.ts'

const LINE = /^([0-9a-f]{16}|d[0-9a-f]{16}) (d[0-9a-f]{16})$/

/**
 * Labels of devices over all edges. Each edge that has a registry of its own draws labels of its own, so that a key which
 * two of them know would count as two devices. The first label of a key stays; a second one of the same key is from then
 * on another name of the first. A file of lines, `<pseudonym or label> <label>`; only added to. Private like the registry.
 */
export class DeviceLinks implements AsyncDisposable {
  readonly #links = new Map<string, string>()
  readonly #file: DiskFile
  #end = 0
  #unwritten = ''

  private constructor(file: DiskFile) {
    this.#file = file
  }

  /** Opens the links of a data folder. A torn last line is cut. */
  static async open(data: string, disk: Disk = REAL_DISK): Promise<DeviceLinks> {
    await disk.makeFolder(join(data, 'follow'))
    const path = join(data, 'follow', 'devices')
    const text = (await readWhole(path, disk))?.toString('latin1') ?? ''
    const links = new DeviceLinks(await disk.open(path, 'append'))
    for (const line of text.split('\n').slice(0, -1)) {
      const [, name, label] = LINE.exec(line) ?? []
      if (name === undefined || label === undefined) break
      links.#links.set(name, label)
      links.#end += line.length + 1
    }
    if (links.#end < text.length) await links.#file.truncate(links.#end)
    return links
  }

  /** The label under which a key counts that an edge gave this label. `own`: what this server's registry calls it. */
  labelOf(pseudonym: string, label: string, own: string | undefined): string {
    const known = this.#links.get(pseudonym)
    const first = this.#ends(own ?? known ?? label)
    if (this.#ends(label) !== first) this.#link(this.#ends(label), first)
    if (known === undefined) this.#link(pseudonym, first)
    return first
  }

  /** Everything that was linked is on disk when resolved: before a measurement that counts by it is. */
  async sync(): Promise<void> {
    if (this.#unwritten === '') return
    const bytes = Buffer.from(this.#unwritten, 'latin1')
    await this.#file.write(bytes, this.#end)
    await this.#file.sync()
    this.#end += bytes.length
    this.#unwritten = ''
  }

  #ends(label: string): string {
    let last = label
    for (let next = this.#links.get(last); next !== undefined && next !== last; next = this.#links.get(last))
      last = next
    return last
  }

  #link(name: string, label: string): void {
    this.#links.set(name, label)
    this.#unwritten += `${name} ${label}\n`
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#file.close()
  }
}
