// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.delta.tensor.OnnxRefusal.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class WireReaderTest {
  private static final long BEYOND_MEMORY = 8L << 30;

  /** Field 1, the number 5; then the head of field 9, of so many bytes. */
  private static final byte[] HEAD = HexFormat.of().parseHex("0805" + "4a8080808020");

  @Test
  void aFieldIsLocatedAndSkippedWithoutBeingHeld() throws Exception {
    long length = HEAD.length + BEYOND_MEMORY;
    WireReader wire = WireReader.of(new Endless(), length + 2);
    assertTrue(wire.next());
    assertTrue(wire.next());
    assertEquals(9, wire.field());
    assertEquals(HEAD.length, wire.position());
    assertEquals(BEYOND_MEMORY, wire.valueLength());
    assertTrue(wire.next());
    assertEquals(length + 1, wire.position());
  }

  @Test
  void bytesThatEndBeforeTheirLengthAreTruncated() throws Exception {
    WireReader wire = WireReader.of(InputStream.nullInputStream(), 5);
    OnnxRefusal refusal = assertThrows(OnnxRefusal.class, wire::next);
    assertEquals("ONNX_TRUNCATED", refusal.code());
  }

  @Test
  void nestingHasAnEnd() {
    byte[] nested = new byte[0];
    for (int depth = 0; depth < 70; depth++) {
      nested = field(nested);
    }
    byte[] deep = nested;
    OnnxRefusal refusal =
        assertThrows(
            OnnxRefusal.class,
            () -> {
              WireReader wire = WireReader.of(new ByteArrayInputStream(deep), deep.length);
              while (wire.next()) {
                wire = wire.message();
              }
            });
    assertEquals(Reason.TOO_LARGE, refusal.reason());
  }

  /** Field 1, its length in two bytes. */
  private static byte[] field(byte[] value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(0x0a);
    out.write((value.length & 0x7f) | 0x80);
    out.write(value.length >> 7);
    out.writeBytes(value);
    return out.toByteArray();
  }

  /** A head, then eight gibibytes of nothing that can be skipped at once, then one small field. */
  private static final class Endless extends InputStream {
    private long position;

    @Override
    public int read() {
      return position < HEAD.length ? HEAD[(int) position++] & 0xff : tail();
    }

    private int tail() {
      long after = position++ - HEAD.length - BEYOND_MEMORY;
      return after == 0 ? 8 : 1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      target[offset] = (byte) read();
      return 1;
    }

    @Override
    public long skip(long length) {
      position += length;
      return length;
    }
  }
}
