import { ours, overlay } from './images.ts';

/** An image and how its gateways are supervised there. */
export interface World {
  readonly name: string;
  readonly image: string;
  /** Words for `docker run`. */
  readonly options: readonly string[];
  readonly scandir: string;
  /** Words for `docker run` that give gateways the time to drain, where the image itself does not. */
  readonly grace: readonly string[];
}

/** Our image; one on s6-overlay with a tree of the runtime user's own; and one where root's scandir is handed to that user. */
export const worlds: readonly World[] = [
  { name: 'our image', image: ours, options: [], scandir: '/run/service', grace: [] },
  { name: 's6-overlay, own tree', image: overlay, options: [], scandir: '/run/hermes/service', grace: [] },
  {
    name: "s6-overlay, root's scandir",
    image: overlay,
    options: ['-e', 'S6_PROFILE_GATEWAY_SCANDIR='],
    scandir: '/run/service',
    grace: ['-e', 'S6_KILL_GRACETIME=8500'],
  },
];
