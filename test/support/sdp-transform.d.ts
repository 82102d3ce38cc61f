/** The little of sdp-transform, which has no types, that the cross-check of our SDP reader uses. */
declare module 'sdp-transform' {
  export interface Media {
    readonly type: string;
    readonly port: number;
    readonly protocol: string;
    readonly payloads?: string;
    readonly setup?: string;
    readonly direction?: string;
    readonly connection?: { readonly version: number; readonly ip: string };
    readonly invalid?: readonly { readonly value: string }[];
  }
  export function parse(text: string): {
    readonly origin: {
      readonly username: string;
      readonly sessionId: number;
      readonly sessionVersion: number;
    };
    readonly connection?: { readonly version: number; readonly ip: string };
    readonly media: readonly Media[];
  };
}
