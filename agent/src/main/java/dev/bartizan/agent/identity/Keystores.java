// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.identity;

import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.config.AuthorityKey;
import dev.bartizan.agent.config.BootBinding;
import dev.bartizan.agent.config.KeystoreBackend;
import dev.bartizan.agent.config.KeystoreBackend.Pkcs11;
import dev.bartizan.agent.config.KeystoreBackend.Software;
import dev.bartizan.agent.config.KeystoreBackend.Tpm2;
import dev.bartizan.agent.report.LogFile;
import dev.bartizan.crypto.Interrupted;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.BlobStore;
import dev.bartizan.crypto.keystore.BootState;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.EndorsementChoice;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import dev.bartizan.crypto.keystore.PcrApprovals;
import dev.bartizan.crypto.keystore.Pkcs11Keystore;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.SecretFile;
import dev.bartizan.crypto.keystore.SoftwareKeystore;
import dev.bartizan.crypto.keystore.Tpm2Binding;
import dev.bartizan.crypto.keystore.Tpm2Keystore;
import dev.bartizan.crypto.keystore.Tpm2Renaming;
import dev.bartizan.crypto.keystore.Tpm2Renewal;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.fetch.Pause;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;

/** The keystore that the configuration names, whichever kind it is. */
public final class Keystores {
  private final AgentConfig config;
  private final SecureRandom random;
  private final Pause pause;

  /**
   * @param pause between two attempts at a TPM that is busy
   */
  public Keystores(AgentConfig config, SecureRandom random, Pause pause) {
    this.config = config;
    this.random = random;
    this.pause = pause;
  }

  /**
   * How the TPM is reached.
   *
   * @throws IllegalArgumentException when the configuration names another kind of keystore
   */
  public TpmAccess tpm() {
    if (!(config.keystore().backend() instanceof Tpm2 tpm)) {
      throw new IllegalArgumentException("this device's keystore is no TPM");
    }
    return new TpmAccess(tpm.address(), random, this::awaitTpm);
  }

  private void awaitTpm(Duration duration) throws InterruptedIOException {
    try {
      pause.await(duration);
    } catch (InterruptedException stopping) {
      throw Interrupted.toIo(stopping, "the agent is stopping");
    }
  }

  /**
   * Opens the keys made at enrolment, those that the device's certificates are for.
   *
   * @param approvals boot states that were approved by signature
   */
  public DeviceKeystore open(Disk disk, PcrApprovals approvals) throws IOException, Refusal {
    BlobStore blobs = new KeystoreBlobs(disk);
    KeystoreBackend backend = config.keystore().backend();
    if (backend instanceof Pkcs11 token) {
      return Pkcs11Keystore.open(
          token.module(), token.label(), new SecretFile(token.pinFile()), blobs);
    }
    if (backend instanceof Software software) {
      return SoftwareKeystore.open(blobs, new SecretFile(software.passwordFile()));
    }
    Optional<Credentials> credentials = Credentials.find(disk);
    if (credentials.isPresent()) {
      new Tpm2Renewal(tpm(), blobs, approvals)
          .complete(credentials.get().unwrapCertificate().getPublicKey());
    }
    return Tpm2Keystore.open(tpm(), blobs, approvals);
  }

  /**
   * Makes an unwrap key of the next epoch, for which certificates are yet to be got.
   *
   * @throws KeystoreRefusal NOT_SUPPORTED by a keystore without epochs
   */
  public DeviceKeystore renew(Disk disk, EndorsementChoice choice, PcrApprovals approvals)
      throws IOException, Refusal {
    Protection.Kind kind = config.keystore().backend().kind();
    if (kind != Protection.Kind.TPM2) {
      throw KeystoreRefusal.notSupported(kind, "end an epoch");
    }
    open(disk, approvals);
    if (choice.isMade()) {
      name(disk, choice);
    }
    return new Tpm2Renewal(tpm(), new KeystoreBlobs(disk), PcrApprovals.NONE).prepare();
  }

  /**
   * Opens the keys; makes them when the device has none yet.
   *
   * @param choice which of its chip's keys the device is to be named after
   * @throws KeystoreRefusal OTHER_ENDORSEMENT_KEY when it is enrolled under another
   */
  public DeviceKeystore openOrCreate(Disk disk, EndorsementChoice choice, PcrApprovals approvals)
      throws IOException, Refusal {
    Protection.Kind kind = config.keystore().backend().kind();
    if (choice.isMade() && !kind.attests()) {
      throw KeystoreRefusal.notSupported(kind, "show an endorsement key");
    }
    try {
      DeviceKeystore keystore = open(disk, approvals);
      if (!choice.isMade()) {
        return keystore;
      }
      name(disk, choice);
      return open(disk, approvals);
    } catch (KeystoreRefusal refusal) {
      if (refusal.reason() != KeystoreRefusal.Reason.NO_KEYS) {
        throw refusal;
      }
      return create(disk, choice, approvals);
    }
  }

  /** Until it is enrolled a device may be named anew: nobody knows it yet. */
  private void name(Disk disk, EndorsementChoice choice) throws IOException, Refusal {
    Tpm2Renaming naming = new Tpm2Renaming(tpm(), new KeystoreBlobs(disk));
    if (Credentials.find(disk).isPresent()) {
      naming.require(choice);
    } else {
      naming.name(choice);
    }
  }

  private DeviceKeystore create(Disk disk, EndorsementChoice choice, PcrApprovals approvals)
      throws IOException, Refusal {
    BlobStore blobs = new KeystoreBlobs(disk);
    KeystoreBackend backend = config.keystore().backend();
    if (backend instanceof Pkcs11 token) {
      return Pkcs11Keystore.create(
          token.module(), token.label(), new SecretFile(token.pinFile()), blobs, random);
    }
    if (backend instanceof Software software) {
      return SoftwareKeystore.create(blobs, new SecretFile(software.passwordFile()), random);
    }
    BootBinding binding = ((Tpm2) backend).binding();
    Optional<TpmPublic> authority = AuthorityKey.of(binding.authority());
    TpmHash bank = config.keystore().bootPcrs().banks().get(0).hash();
    PcrSelection bound =
        binding.pcrs().isPresent()
            ? binding.pcrs().get()
            : BootState.toBind(
                tpm(),
                bank,
                LogFile.beside(config.serve().controlSocket())
                    .look()
                    .filter(log -> log.bank() == bank)
                    .map(AgentLog::pcr),
                authority,
                approvals);
    return Tpm2Keystore.create(
        tpm(), blobs, new Tpm2Binding(bound, authority, binding.attestation(), choice), approvals);
  }

  /**
   * Looks whether the hardware answers, without the state directory, which the daemon may hold.
   *
   * @return what it is
   */
  public String examine() throws IOException, Refusal {
    KeystoreBackend backend = config.keystore().backend();
    if (backend instanceof Pkcs11 token) {
      boolean keys =
          Pkcs11Keystore.isMade(token.module(), token.label(), new SecretFile(token.pinFile()));
      return token.module() + (keys ? ", with this device's keys" : ", without keys yet");
    }
    if (backend instanceof Software software) {
      new SecretFile(software.passwordFile()).read().close();
      return "in software: for development only";
    }
    try (Tpm tpm = tpm().open()) {
      return tpm.identity().manufacturer() + ", firmware " + tpm.identity().firmwareVersion();
    }
  }

  /** What to do about it. */
  public static String advice(KeystoreRefusal.Reason reason) {
    return switch (reason) {
      case MODULE_UNUSABLE -> "check keystore.module and keystore.slot (pkcs11-tool --list-slots)";
      case TOKEN_ABSENT -> "put the token back, or start its service";
      case TOKEN_REPLACED -> "put this device's own token back, or enrol anew";
      case WRONG_PIN -> "correct the PIN file before anything tries again: tokens count";
      case PIN_LOCKED -> "have the token's security officer reset the PIN";
      case WRONG_PASSWORD -> "correct the password file";
      case BAD_SECRET_FILE -> "write one line, owned by the agent's user, mode 600";
      case NO_KEYS -> "bartizan enroll";
      case BLOB_CHANGED -> "restore keystore/ in the state directory, or enrol anew";
      case TPM_REPLACED -> "this is another chip, or it was cleared: enrol anew";
      case EPOCH_OVER -> "this device's keys are of an epoch that is over: enrol anew";
      case ANCHOR_MISSING -> "find out who cleared the chip's index; enrol anew";
      case BANK_NOT_EXTENDED ->
          "name a bank that firmware measures into, with keystore.boot_pcrs and bound_pcrs";
      case NO_ENDORSEMENT_CERTIFICATE ->
          "choose another with --endorsement-key, or give its certificate with --ek-certificate";
      case OTHER_ENDORSEMENT_KEY ->
          "leave the choice out; for a new name clear the state directory and enrol anew";
      case KEYS_EXIST, PCR_MISMATCH, CREDENTIAL_REJECTED, BAD_PEER_KEY, NOT_SUPPORTED -> "";
    };
  }
}
