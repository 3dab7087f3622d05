// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A listener on the bus: every byte that went either way. */
public final class RecordingAddress implements TpmAddress {
  private final TpmAddress address;
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

  public RecordingAddress(TpmAddress address) {
    this.address = address;
  }

  /** Whether {@code content} went over the wire in one piece. */
  public boolean carried(Bytes content) {
    // One character per byte, so that a text search is a byte search.
    String all = heard.toString(StandardCharsets.ISO_8859_1);
    return all.contains(new String(content.toArray(), StandardCharsets.ISO_8859_1));
  }

  @Override
  public TpmTransport open() throws IOException {
    TpmTransport transport = address.open();
    return new TpmTransport() {
      @Override
      public byte[] exchange(byte[] command) throws IOException {
        heard.writeBytes(command);
        byte[] response = transport.exchange(command);
        heard.writeBytes(response);
        return response;
      }

      @Override
      public void close() throws IOException {
        transport.close();
      }
    };
  }
}
