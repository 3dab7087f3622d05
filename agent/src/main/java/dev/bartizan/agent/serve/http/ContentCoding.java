// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/** How a request's body is packed. */
enum ContentCoding {
  IDENTITY,
  GZIP;

  private static final int PIECE = 8 << 10;

  /** What the headers say. */
  static ContentCoding of(HttpFields headers) throws CallRefusal {
    String named =
        Optional.ofNullable(headers.get(HttpHeader.CONTENT_ENCODING))
            .map(it -> it.strip().toLowerCase(Locale.ROOT))
            .orElse("");
    return switch (named) {
      case "", "identity" -> IDENTITY;
      case "gzip", "x-gzip" -> GZIP;
      default -> throw CallRefusal.unknownCoding();
    };
  }

  /**
   * The body as it is meant. A small one can be packed that would fill any memory: it is held to
   * the same limit, and to the same share of memory, as one that comes as it is.
   */
  Body decode(Body body, MemoryShare memory, long limit) throws CallRefusal {
    if (this == IDENTITY) {
      return body;
    }
    Body plain = new Body(memory, limit);
    byte[] piece = new byte[PIECE];
    try (InputStream packed = body.consume(0, body.length());
        InputStream unpacked = new GZIPInputStream(packed, PIECE)) {
      for (int read = unpacked.read(piece); read >= 0; read = unpacked.read(piece)) {
        plain.append(ByteBuffer.wrap(piece, 0, read));
      }
    } catch (
        @SuppressWarnings("UnusedException")
        IOException notGzip) {
      // A decoder's own words never reach a client.
      throw CallRefusal.malformed("the body is not gzip, or not all of it");
    }
    body.keepNothing();
    body.release(body.length() + Body.SEGMENT);
    return plain;
  }
}
