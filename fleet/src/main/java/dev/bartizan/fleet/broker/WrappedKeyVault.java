// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.broker;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.SecretMemory;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import dev.bartizan.crypto.envelope.KeyEnvelope;
import dev.bartizan.fleet.credential.Credentials;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.crypto.KeyAgreement;

/** Content keys as authors wrapped them to the key broker, in files. */
public final class WrappedKeyVault implements ContentKeyVault {
  private static final String FOLDER = "vault";
  private static final String SUFFIX = ".cms";

  private final SharedDirectory directory;

  public WrappedKeyVault(SharedDirectory directory) {
    this.directory = directory;
  }

  /**
   * Makes these the keys that are here, and no others. Envelopes come from signed metadata; a
   * release that its author took back loses its key.
   *
   * @return whether anything changed
   */
  public boolean follow(Map<Digest, Bytes> envelopes) throws IOException, Refusal {
    boolean changed = false;
    for (Map.Entry<Digest, Bytes> envelope : envelopes.entrySet()) {
      byte[] content = envelope.getValue().toArray();
      KeyEnvelope.parse(content);
      String file = file(envelope.getKey());
      Optional<byte[]> known = directory.find(file, KeyEnvelope.MAX_LENGTH);
      if (known.isEmpty() || !Arrays.equals(known.get(), content)) {
        directory.writePrivate(file, content);
        changed = true;
      }
    }
    for (Digest release : releases()) {
      if (!envelopes.containsKey(release)) {
        changed |= directory.delete(file(release));
      }
    }
    return changed;
  }

  @Override
  public Set<Digest> releases() throws IOException {
    Set<Digest> releases = new TreeSet<>(Comparator.comparing(Digest::hex));
    for (String name : directory.list(FOLDER, SUFFIX)) {
      try {
        releases.add(Digest.ofHex(name.substring(0, name.length() - SUFFIX.length())));
      } catch (IllegalArgumentException strange) {
        throw new IOException(
            directory.path(FOLDER + "/" + name) + ": is named after no release", strange);
      }
    }
    return releases;
  }

  @Override
  public SecretBytes open(Digest release) throws IOException, Refusal {
    byte[] envelope = directory.read(file(release), KeyEnvelope.MAX_LENGTH);
    Credentials broker = Credentials.load(directory, Credentials.KEY_BROKER);
    return KeyEnvelope.parse(envelope)
        .open(broker.certificate(), sender -> agree(broker, sender), SecretMemory.ordinary());
  }

  private static SecretBytes agree(Credentials broker, ECPublicKey sender) throws EnvelopeRefusal {
    try {
      KeyAgreement ecdh = KeyAgreement.getInstance("ECDH");
      ecdh.init(broker.key());
      ecdh.doPhase(sender, true);
      return SecretBytes.take(ecdh.generateSecret());
    } catch (GeneralSecurityException offCurve) {
      throw new EnvelopeRefusal(
          EnvelopeRefusal.Reason.MALFORMED, "the envelope's key is no point of P-256", offCurve);
    }
  }

  private static String file(Digest release) {
    return FOLDER + "/" + release.hex() + SUFFIX;
  }
}
