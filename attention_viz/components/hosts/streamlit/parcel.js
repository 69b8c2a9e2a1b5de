// Draws nothing: takes data from the server and puts it where all live views of the page find it.

import { readPacket } from "../../lib/packet.js";
import { residents } from "./host.js";

const users = residents(() => ({ end: () => {} }));

/** @param {{data: Uint8Array, parentElement: HTMLElement | ShadowRoot}} component */
export default function ({ data, parentElement }) {
  const parcel = readPacket(data);
  const { bus, leave } = users(parentElement, parcel.header.page);
  bus.put(parcel.header.kind, parcel);
  return leave;
}
