// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One signed JWT for each device, {@code results/UEID.jwt}: a file is anybody's word until the
 * verifier's signature says otherwise.
 */
public final class FileResults implements ResultStore {
  private static final String FOLDER = "results/";
  private static final String SUFFIX = ".jwt";
  private static final int MAX_LENGTH = 64 * 1024;

  private final SharedDirectory directory;
  private final OperatorKeys keys;

  public FileResults(SharedDirectory directory) {
    this.directory = directory;
    this.keys = new OperatorKeys(directory);
  }

  @Override
  public void keep(AttestationResult result) throws IOException, Refusal {
    String jwt = result.sign(keys.signer(OperatorKeys.VERIFIER));
    directory.exclusively(
        () -> {
          if (isNewer(result)) {
            directory.write(file(result.ueid()), jwt.getBytes(StandardCharsets.US_ASCII));
          }
          return result;
        });
  }

  @Override
  public Optional<AttestationResult> latest(Ueid device) throws IOException, Refusal {
    Optional<byte[]> jwt = directory.find(file(device), MAX_LENGTH);
    if (jwt.isEmpty()) {
      return Optional.empty();
    }
    AttestationResult result =
        AttestationResult.accept(
            new String(jwt.get(), StandardCharsets.US_ASCII),
            keys.publicKey(OperatorKeys.VERIFIER));
    if (!result.ueid().equals(device)) {
      throw new Malformed(directory.path(file(device)) + " is about another device");
    }
    return Optional.of(result);
  }

  /** What cannot be believed is no reason to keep what can be out. */
  private boolean isNewer(AttestationResult result) throws IOException {
    try {
      return latest(result.ueid())
          .filter(kept -> kept.issuedAt().isAfter(result.issuedAt()))
          .isEmpty();
    } catch (Refusal notOurs) {
      return true;
    }
  }

  private static String file(Ueid device) {
    return FOLDER + device.text() + SUFFIX;
  }
}
