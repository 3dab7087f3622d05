// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.agent.boot.BootApprovals;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.config.AuthorityKey;
import dev.bartizan.agent.config.BootBinding;
import dev.bartizan.agent.config.KeystoreBackend;
import dev.bartizan.agent.config.KeystoreBackend.Pkcs11;
import dev.bartizan.agent.config.KeystoreBackend.Software;
import dev.bartizan.agent.config.KeystoreBackend.Tpm2;
import dev.bartizan.agent.config.SecretFile;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.agent.identity.KeystoreBlobs;
import dev.bartizan.agent.report.LogFile;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.BlobStore;
import dev.bartizan.crypto.keystore.BootState;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.EndorsementChoice;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import dev.bartizan.crypto.keystore.PcrApprovals;
import dev.bartizan.crypto.keystore.Pkcs11Keystore;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.SoftwareKeystore;
import dev.bartizan.crypto.keystore.Tpm2Binding;
import dev.bartizan.crypto.keystore.Tpm2Keystore;
import dev.bartizan.crypto.keystore.Tpm2Renaming;
import dev.bartizan.crypto.keystore.Tpm2Renewal;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.documents.TrustedDocuments;
import java.io.IOException;
import java.util.Optional;

/** The keystore that the configuration names, whichever kind it is. */
public final class Keystores {
  private Keystores() {}

  /**
   * Opens the keys made at enrolment, those that the device's certificates are for.
   *
   * @param documents where boot states are approved, beside the files of the configuration
   */
  public static DeviceKeystore open(
      AgentConfig config, Assembly.Host host, Disk disk, Optional<TrustedDocuments> documents)
      throws IOException, Refusal {
    BlobStore blobs = new KeystoreBlobs(disk);
    KeystoreBackend backend = config.keystore().backend();
    if (backend instanceof Pkcs11 token) {
      return Pkcs11Keystore.open(
          token.module(), token.label(), new SecretFile(token.pinFile()), blobs);
    }
    if (backend instanceof Software software) {
      return SoftwareKeystore.open(blobs, new SecretFile(software.passwordFile()));
    }
    PcrApprovals approvals = approvals(config, documents);
    Optional<Credentials> credentials = Credentials.find(disk);
    if (credentials.isPresent()) {
      new Tpm2Renewal(Device.tpm(config, host), blobs, approvals)
          .complete(credentials.get().unwrapCertificate().getPublicKey());
    }
    return Tpm2Keystore.open(Device.tpm(config, host), blobs, approvals);
  }

  /**
   * Makes an unwrap key of the next epoch, for which certificates are yet to be got.
   *
   * @throws KeystoreRefusal NOT_SUPPORTED by a keystore without epochs
   */
  public static DeviceKeystore renew(
      AgentConfig config, Assembly.Host host, Disk disk, EndorsementChoice choice)
      throws IOException, Refusal {
    Protection.Kind kind = config.keystore().backend().kind();
    if (kind != Protection.Kind.TPM2) {
      throw KeystoreRefusal.notSupported(kind, "end an epoch");
    }
    open(config, host, disk, Optional.empty());
    if (choice.isMade()) {
      name(config, host, disk, choice);
    }
    return new Tpm2Renewal(Device.tpm(config, host), new KeystoreBlobs(disk), PcrApprovals.NONE)
        .prepare();
  }

  private static PcrApprovals approvals(AgentConfig config, Optional<TrustedDocuments> documents) {
    return config.keystore().backend() instanceof Tpm2 tpm
        ? new BootApprovals(tpm.binding().approvals(), documents, config.device().profile())
        : PcrApprovals.NONE;
  }

  /**
   * Opens the keys; makes them when the device has none yet.
   *
   * @param choice which of its chip's keys the device is to be named after
   * @throws KeystoreRefusal OTHER_ENDORSEMENT_KEY when it is enrolled under another
   */
  public static DeviceKeystore openOrCreate(
      AgentConfig config, Assembly.Host host, Disk disk, EndorsementChoice choice)
      throws IOException, Refusal {
    Protection.Kind kind = config.keystore().backend().kind();
    if (choice.isMade() && !kind.attests()) {
      throw KeystoreRefusal.notSupported(kind, "show an endorsement key");
    }
    try {
      DeviceKeystore keystore = open(config, host, disk, Optional.empty());
      if (!choice.isMade()) {
        return keystore;
      }
      name(config, host, disk, choice);
      return open(config, host, disk, Optional.empty());
    } catch (KeystoreRefusal refusal) {
      if (refusal.reason() != KeystoreRefusal.Reason.NO_KEYS) {
        throw refusal;
      }
      return create(config, host, disk, choice);
    }
  }

  /** Until it is enrolled a device may be named anew: nobody knows it yet. */
  private static void name(
      AgentConfig config, Assembly.Host host, Disk disk, EndorsementChoice choice)
      throws IOException, Refusal {
    Tpm2Renaming naming = new Tpm2Renaming(Device.tpm(config, host), new KeystoreBlobs(disk));
    if (Credentials.find(disk).isPresent()) {
      naming.require(choice);
    } else {
      naming.name(choice);
    }
  }

  private static DeviceKeystore create(
      AgentConfig config, Assembly.Host host, Disk disk, EndorsementChoice choice)
      throws IOException, Refusal {
    BlobStore blobs = new KeystoreBlobs(disk);
    KeystoreBackend backend = config.keystore().backend();
    if (backend instanceof Pkcs11 token) {
      return Pkcs11Keystore.create(
          token.module(), token.label(), new SecretFile(token.pinFile()), blobs, host.random());
    }
    if (backend instanceof Software software) {
      return SoftwareKeystore.create(blobs, new SecretFile(software.passwordFile()), host.random());
    }
    BootBinding binding = ((Tpm2) backend).binding();
    Optional<TpmPublic> authority = AuthorityKey.of(binding.authority());
    PcrApprovals approvals = approvals(config, Optional.empty());
    TpmHash bank = config.keystore().bootPcrs().banks().get(0).hash();
    PcrSelection bound =
        binding.pcrs().isPresent()
            ? binding.pcrs().get()
            : BootState.toBind(
                Device.tpm(config, host),
                bank,
                LogFile.beside(config.serve().controlSocket())
                    .look()
                    .filter(log -> log.bank() == bank)
                    .map(AgentLog::pcr),
                authority,
                approvals);
    return Tpm2Keystore.create(
        Device.tpm(config, host),
        blobs,
        new Tpm2Binding(bound, authority, binding.attestation(), choice),
        approvals);
  }

  /**
   * Looks whether the hardware answers, without the state directory, which the daemon may hold.
   *
   * @return what it is
   */
  public static String examine(AgentConfig config, Assembly.Host host) throws IOException, Refusal {
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
    try (Tpm tpm = Device.tpm(config, host).open()) {
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
