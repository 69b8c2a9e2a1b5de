// Draws nothing: takes data from the server and puts it where all live views find it.

import { sharedBus } from "../shared/bus.js";
import { readPacket } from "../shared/packet.js";

/** The last bytes of each kind, so that a run of the script that changes nothing costs nothing. @type {Map<string, any>} */
const seen = new Map();

/** @param {{data: Uint8Array}} component */
export default function ({ data }) {
  const parcel = readPacket(data);
  const { kind, mark } = parcel.header;
  if (seen.get(kind) === mark) return;
  seen.set(kind, mark);
  sharedBus().put(kind, parcel);
}
