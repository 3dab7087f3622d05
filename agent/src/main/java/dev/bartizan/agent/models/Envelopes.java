// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.models;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import dev.bartizan.crypto.envelope.KeyEnvelope;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import java.io.IOException;
import java.util.Set;

/**
 * The wrapped content keys this device was given, by release. They need no signature: whoever
 * exchanges one has exchanged the key, and the artifact's commitment shows it.
 */
public final class Envelopes {
  private static final String DIRECTORY = "envelopes";

  private final Disk disk;

  public Envelopes(Disk disk) {
    this.disk = disk;
  }

  /** Keeps an envelope, after a look whether it is one. */
  public void keep(Digest release, byte[] der) throws IOException, EnvelopeRefusal {
    KeyEnvelope.parse(der);
    DurableFile.replace(disk, name(release), der);
  }

  /**
   * The envelope of a release.
   *
   * @throws EnvelopeRefusal when there is none or it is damaged; fetching it again mends that
   */
  public KeyEnvelope get(Digest release) throws IOException, EnvelopeRefusal {
    byte[] der =
        disk.read(name(release), KeyEnvelope.MAX_LENGTH)
            .orElseThrow(
                () ->
                    new EnvelopeRefusal(
                        EnvelopeRefusal.Reason.WRONG_KEY,
                        name(release) + ": this device holds no key for the release"));
    return KeyEnvelope.parse(der);
  }

  /** Forgets the keys of all other releases. */
  public void retain(Set<Digest> releases) throws IOException {
    boolean changed = false;
    for (FileName file : disk.list(DIRECTORY)) {
      if (releases.stream().noneMatch(release -> name(release).equals(file))) {
        disk.delete(file);
        changed = true;
      }
    }
    if (changed) {
      disk.syncDirectory(DIRECTORY);
    }
  }

  /** Where the envelope of a release lies, for people. */
  static String path(Digest release) {
    return name(release).path();
  }

  private static FileName name(Digest release) {
    return FileName.of(DIRECTORY + "/" + release.hex());
  }
}
