// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.crypto.tpm.TpmPublic;
import java.io.IOException;
import java.util.Optional;

/**
 * Which of its chip's endorsement keys a device that has keys is named after. Free to change until
 * the first certificate is issued: from then on others know the device by that name.
 */
public final class Tpm2Renaming {
  private final TpmAccess access;
  private final BlobStore blobs;

  public Tpm2Renaming(TpmAccess access, BlobStore blobs) {
    this.access = access;
    this.blobs = blobs;
  }

  /**
   * Names the device as chosen. Its other keys stay: they do not depend on its name.
   *
   * @throws KeystoreRefusal {@code NO_ENDORSEMENT_CERTIFICATE} when what was chosen is not there
   */
  public void name(EndorsementChoice choice) throws IOException, KeystoreRefusal {
    Tpm2Keys keys = keys();
    TpmPublic chosen = chosen(keys, choice);
    if (!chosen.equals(keys.endorsement())) {
      blobs.put(Tpm2Keystore.BLOB, Tpm2KeysText.write(keys.namedAfter(chosen)));
    }
  }

  /**
   * Insists that the device is named as chosen.
   *
   * @throws KeystoreRefusal {@code OTHER_ENDORSEMENT_KEY}
   */
  public void require(EndorsementChoice choice) throws IOException, KeystoreRefusal {
    Tpm2Keys keys = keys();
    if (!chosen(keys, choice).equals(keys.endorsement())) {
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.OTHER_ENDORSEMENT_KEY,
          "this device is enrolled under its "
              + EndorsementKind.find(keys.endorsement()).map(EndorsementKind::text).orElse("other")
              + " key, of which its name is made");
    }
  }

  private Tpm2Keys keys() throws IOException, KeystoreRefusal {
    Optional<Bytes> stored = blobs.find(Tpm2Keystore.BLOB);
    if (stored.isEmpty()) {
      throw Tpm2Keystore.noKeys();
    }
    return Tpm2KeysText.read(stored.get());
  }

  private TpmPublic chosen(Tpm2Keys keys, EndorsementChoice choice)
      throws IOException, KeystoreRefusal {
    return new Tpm2Chip(access, keys)
        .visit(visit -> new Tpm2Naming(visit.tpm()).endorsement(choice));
  }
}
