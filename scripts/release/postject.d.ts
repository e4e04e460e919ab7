declare module 'postject' {
  /** Puts a resource into an executable, in place. Source: postject's README; the package has no types of its own. */
  export function inject(
    file: string,
    resource: string,
    bytes: Buffer,
    options: { readonly sentinelFuse: string },
  ): Promise<void>
}
