// Data from the server: four bytes that count the header, the header as JSON, then numbers as bytes.

/**
 * @param {Uint8Array} bytes as `views/packet.py` writes them
 * @returns {{header: Record<string, any> & {trace: string}, payload: Uint8Array}} the payload is a copy, so that wider
 *   numbers may be read from it
 */
export function readPacket(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  return { header, payload: bytes.slice(4 + length) };
}
