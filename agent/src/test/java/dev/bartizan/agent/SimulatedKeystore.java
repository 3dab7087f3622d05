// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.StateAnchor;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import java.io.IOException;
import java.security.interfaces.ECPublicKey;
import java.util.Optional;

/**
 * A chip that outlives every disk: the keys of a software keystore, and an anchor as a TPM has one.
 * It can be busy, refuse, and lose its power before or after it has written.
 */
final class SimulatedKeystore implements DeviceKeystore, StateAnchor {
  private final Ground ground;
  private final DeviceKeystore keys;
  private final FakeDisk disk;
  private Optional<Bytes> anchored = Optional.empty();
  private int busy;
  private int refusing;
  private int cutIn;
  private boolean isCutLate;
  private int writes;

  /**
   * @param disk goes off with the chip
   */
  SimulatedKeystore(Ground ground, FakeDisk disk) {
    this.ground = ground;
    this.keys = ground.keystore();
    this.disk = disk;
  }

  /** Does not answer the next {@code calls}. */
  void busyFor(int calls) {
    busy = calls;
  }

  /** Takes no anchor the next {@code times}. */
  void refuseFor(int times) {
    refusing = times;
  }

  /** The power goes with the {@code n}-th anchor from now, before it is written or after. */
  void cutAt(int n, boolean isLate) {
    cutIn = n;
    isCutLate = isLate;
  }

  void behave() {
    busy = 0;
    refusing = 0;
    cutIn = 0;
  }

  boolean isInOrder() {
    return busy == 0;
  }

  /** How often something was anchored. */
  int writes() {
    return writes;
  }

  @Override
  public Optional<StateAnchor> anchor() {
    return Optional.of(this);
  }

  @Override
  public Optional<Bytes> read() throws IOException {
    answer();
    return anchored;
  }

  @Override
  public void write(Bytes content) throws IOException, KeystoreRefusal {
    answer();
    if (content.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("an anchor of " + content.length() + " bytes");
    }
    if (refusing > 0) {
      refusing--;
      throw KeystoreRefusal.notSupported(Protection.Kind.TPM2, "anchor in this boot state");
    }
    boolean isCut = cutIn > 0 && --cutIn == 0;
    if (!isCut || isCutLate) {
      anchored = Optional.of(content);
      writes++;
    }
    if (isCut) {
      disk.cutBefore(1);
      disk.delete(FileName.of("whatever")); // Throws: the machine is off.
    }
  }

  private void answer() throws IOException {
    if (busy > 0) {
      busy--;
      throw new IOException("the TPM does not answer");
    }
  }

  @Override
  public Protection protection() {
    return keys.protection();
  }

  @Override
  public Ueid ueid() {
    return keys.ueid();
  }

  @Override
  public ECPublicKey publicKey(KeyPurpose purpose) {
    return keys.publicKey(purpose);
  }

  @Override
  public Bytes signDigest(Digest digest) throws IOException, KeystoreRefusal {
    answer();
    return keys.signDigest(digest);
  }

  @Override
  public SecretBytes agree(ECPublicKey ephemeral) throws IOException, KeystoreRefusal {
    answer();
    return ground.agree(ephemeral);
  }
}
