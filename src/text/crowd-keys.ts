/** Keys of this area's words. */
export type CrowdKey = 'crowd.run'
