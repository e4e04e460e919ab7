import { join } from 'node:path'
import { controlsSchema, type Controls } from '../model/controls.ts'
import { servicesSchema, type Service } from '../model/service.ts'
import { PACKAGE_ROOT } from './package-root.ts'
import { readTable } from './table-file.ts'

const bundled = (name: string): string => join(PACKAGE_ROOT, 'data', name)

/** Services with their endpoints, by default data/services.json. Throws InputError with file and path. */
export const loadServices = (file: string = bundled('services.json')): readonly Service[] =>
  readTable(file, servicesSchema, {
    what: 'services',
    code: 'services.invalid',
    form: 'the form of docs/formats/measured-lists.md',
  }).services

/** Innocent names, canaries, resolvers, clocks, by default data/controls.json. Throws InputError with file and path. */
export const loadControls = (file: string = bundled('controls.json')): Controls =>
  readTable(file, controlsSchema, {
    what: 'controls',
    code: 'controls.invalid',
    form: 'the form of docs/formats/measured-lists.md',
  })
