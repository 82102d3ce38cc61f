/** What the node selector ends in. */
export const Terminal = { element: 0, attribute: 1, namespaces: 2 } as const;
export type Terminal = (typeof Terminal)[keyof typeof Terminal];
