// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The certificates above an endorsement key's that a chip keeps: authorities that exist on the chip
 * alone, as Intel's do (TCG EK Credential Profile). One after the other from index to index, each
 * index padded or not, a certificate in one index or over several.
 */
final class EndorsementChain {
  private static final int FIRST = 0x01c0_0100;
  private static final int LAST = 0x01c0_01ff;
  private static final int MAX_BYTES = 32 * 1024;

  private EndorsementChain() {}

  /** What there is. None of it is believed for being there, so what cannot be read is left out. */
  static List<Bytes> read(Tpm tpm) throws IOException {
    List<Bytes> contents = new ArrayList<>();
    int total = 0;
    for (int handle : new Capabilities(tpm).handles(FIRST)) {
      if (handle > LAST) {
        break;
      }
      Bytes content = content(tpm, handle);
      total += content.length();
      if (total > MAX_BYTES) {
        break;
      }
      contents.add(content);
    }
    return certificates(contents);
  }

  /** Somebody else's index may lie there that no empty password opens, or an unwritten one. */
  private static Bytes content(Tpm tpm, int handle) throws IOException {
    try {
      NvIndex index = tpm.nv().find(handle).orElseThrow();
      return tpm.nv().readPublic(index);
    } catch (TpmException closed) {
      return Bytes.empty();
    }
  }

  /** The certificates in contents that follow each other; padding and revocation lists are not. */
  static List<Bytes> certificates(List<Bytes> contents) {
    List<Bytes> certificates = new ArrayList<>();
    byte[] open = new byte[0];
    for (Bytes content : contents) {
      byte[] rest = joined(open, content.toArray());
      int start = 0;
      int length = DerPrefix.length(rest, start);
      while (length > 0 && length <= rest.length - start) {
        addCertificate(Arrays.copyOfRange(rest, start, start + length), certificates);
        start += length;
        length = DerPrefix.length(rest, start);
      }
      open = length == 0 ? new byte[0] : Arrays.copyOfRange(rest, start, rest.length);
    }
    return List.copyOf(certificates);
  }

  private static byte[] joined(byte[] open, byte[] content) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    joined.writeBytes(open);
    joined.writeBytes(content);
    return joined.toByteArray();
  }

  private static void addCertificate(byte[] der, List<Bytes> certificates) {
    try {
      certificates.add(
          Bytes.of(
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der))
                  .getEncoded()));
    } catch (CertificateException somethingElse) {
      return;
    }
  }
}
