// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.models;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.envelope.EncryptedArtifact;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Reads the tar file of a release's golden vectors, in memory. */
final class GoldenFiles {
  /** Golden vectors are a few inputs, not a test set. */
  private static final int MAX_LENGTH = 64 << 20;

  private static final int MAX_FILES = 1000;

  private GoldenFiles() {}

  /** The files by name. */
  static Map<String, Bytes> read(EncryptedArtifact tar) throws IOException, Refusal {
    if (tar.length() > MAX_LENGTH) {
      throw malformed("has " + tar.length() + " bytes, more than " + MAX_LENGTH);
    }
    ByteBuffer plain = ByteBuffer.allocate((int) tar.length());
    EncryptedArtifact.Reader reader = tar.reader();
    try {
      reader.read(0, plain);
    } finally {
      reader.wipe();
    }
    Map<String, Bytes> files = new HashMap<>();
    try (TarArchiveInputStream entries =
        new TarArchiveInputStream(new ByteArrayInputStream(plain.array()))) {
      for (TarArchiveEntry entry = entries.getNextEntry();
          entry != null;
          entry = entries.getNextEntry()) {
        if (!entry.isFile() || files.size() == MAX_FILES) {
          throw malformed("holds something else than at most " + MAX_FILES + " plain files");
        }
        if (files.put(entry.getName(), Bytes.of(entries.readAllBytes())) != null) {
          throw malformed("holds a file twice");
        }
      }
    } catch (IOException notTar) {
      throw new EnvelopeRefusal(
          EnvelopeRefusal.Reason.MALFORMED, "the golden vectors are not a tar file", notTar);
    }
    return files;
  }

  private static EnvelopeRefusal malformed(String what) {
    return new EnvelopeRefusal(
        EnvelopeRefusal.Reason.MALFORMED, "the tar file of golden vectors " + what);
  }
}
