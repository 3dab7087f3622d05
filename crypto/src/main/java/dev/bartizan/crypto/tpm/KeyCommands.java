// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import java.io.IOException;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.Optional;

/** Making, loading and using keys. */
public final class KeyCommands {
  private static final int HASH_CHECK_TICKET = 0x8024;
  private static final int MAX_FIELD = 2048;

  private final Tpm tpm;

  KeyCommands(Tpm tpm) {
    this.tpm = tpm;
  }

  /** The key that this hierarchy always grows from this template. Whose it is, its name tells. */
  public TpmObject createPrimary(Hierarchy hierarchy, TpmPublic template) throws IOException {
    TpmCall call = new TpmCall(CommandCode.CREATE_PRIMARY).onOpen(hierarchy.handle());
    TpmReply reply = tpm.run(call.with(creation(new byte[0], template)));
    TpmPublic created =
        reply.read(
            in -> {
              TpmPublic publicArea = TpmPublic.parse(Bytes.of(in.sized(TpmPublic.LIMIT)));
              skipCreation(in);
              requireName(publicArea, in);
              return publicArea;
            });
    return tpm.adopt(reply.handle(), created);
  }

  /** The object at a persistent handle, if there is one. */
  public Optional<TpmObject> findPersistent(int handle) throws IOException {
    TpmCall call = new TpmCall(CommandCode.READ_PUBLIC).on(TpmHandle.permanent(handle));
    try {
      TpmPublic publicArea = tpm.run(call).read(KeyCommands::readPublicArea);
      return Optional.of(new TpmObject(tpm, handle, publicArea));
    } catch (TpmException absent) {
      if (absent.failure() == TpmFailure.NO_SUCH_HANDLE) {
        return Optional.empty();
      }
      throw absent;
    }
  }

  /** Makes a loaded primary key survive power cuts, at {@code handle}. */
  public void persist(TpmObject object, int handle) throws IOException {
    TpmCall call = new TpmCall(CommandCode.EVICT_CONTROL).onOpen(Hierarchy.OWNER.handle());
    call.on(object.handle());
    tpm.run(call.with(new TpmWriter().u32(handle))).readNothing();
  }

  /** Makes a key below {@code parent}; its private half is never outside the TPM. */
  public KeyBlob create(TpmObject parent, TpmPublic template, TpmSession session)
      throws IOException {
    return createFrom(parent, creation(new byte[0], template), session);
  }

  /** Seals {@code secret} below {@code parent}; encrypted on the way in. */
  public KeyBlob seal(TpmObject parent, TpmPublic template, SecretBytes secret, TpmSession session)
      throws IOException {
    return createFrom(parent, secret.reveal(plain -> creation(plain, template)), session);
  }

  /**
   * Takes in what was sealed outside for {@code parent}; from then on it is one of its keys.
   *
   * @throws TpmException {@link TpmFailure#NOT_OURS} when it was made for another or was changed
   */
  public KeyBlob importSealed(TpmObject parent, Duplicate duplicate, TpmSession session)
      throws IOException {
    TpmWriter parameters = new TpmWriter().u16(0);
    parameters.sized(duplicate.publicArea().encode().toArray());
    parameters.sized(duplicate.duplicate().toArray());
    parameters.sized(duplicate.encryptedSeed().toArray()).u16(KeyScheme.ALG_NULL);
    TpmCall call = new TpmCall(CommandCode.IMPORT).on(parent.handle(), session);
    Bytes privateArea =
        tpm.run(call.with(parameters)).read(in -> Bytes.of(in.sized(KeyBlob.LIMIT)));
    return new KeyBlob(privateArea, duplicate.publicArea());
  }

  /** Puts a loaded object outside the TPM and takes it out, to make room for another. */
  public SavedContext save(TpmObject object) throws IOException {
    TpmCall call = new TpmCall(CommandCode.CONTEXT_SAVE).on(object.handle());
    SavedContext saved = tpm.run(call).read(in -> SavedContext.read(in, object.publicArea()));
    object.close();
    return saved;
  }

  /**
   * Loads again what {@link #save} put outside.
   *
   * @throws TpmException {@link TpmFailure#NOT_OURS} when the TPM was reset, or it was changed
   */
  public TpmObject restore(SavedContext saved) throws IOException {
    TpmWriter parameters = new TpmWriter();
    saved.write(parameters);
    TpmReply reply = tpm.run(new TpmCall(CommandCode.CONTEXT_LOAD).with(parameters));
    reply.readNothing();
    return tpm.adopt(reply.handle(), saved.publicArea());
  }

  /** Takes a persistent object of the owner's away from its handle. */
  public void evict(TpmObject persistent) throws IOException {
    TpmCall call = new TpmCall(CommandCode.EVICT_CONTROL).onOpen(Hierarchy.OWNER.handle());
    TpmHandle handle = persistent.handle();
    tpm.run(call.on(handle).with(new TpmWriter().u32(handle.value()))).readNothing();
  }

  /**
   * Loads a key below the parent it was created below.
   *
   * @throws TpmException {@link TpmFailure#NOT_OURS} when it was made elsewhere or was changed
   */
  public TpmObject load(TpmObject parent, KeyBlob blob, TpmSession session) throws IOException {
    TpmWriter parameters = new TpmWriter().sized(blob.privateArea().toArray());
    parameters.sized(blob.publicArea().encode().toArray());
    TpmCall call = new TpmCall(CommandCode.LOAD).on(parent.handle(), session);
    TpmReply reply = tpm.run(call.with(parameters));
    reply.read(
        in -> {
          requireName(blob.publicArea(), in);
          return blob;
        });
    return tpm.adopt(reply.handle(), blob.publicArea());
  }

  /** Shows the TPM somebody's public key, so that it can check signatures. */
  public TpmObject loadPublic(TpmPublic publicArea) throws IOException {
    TpmWriter parameters = new TpmWriter().u16(0).sized(publicArea.encode().toArray());
    parameters.u32(Hierarchy.OWNER.handle().value());
    TpmReply reply = tpm.run(new TpmCall(CommandCode.LOAD_EXTERNAL).with(parameters));
    reply.read(
        in -> {
          requireName(publicArea, in);
          return publicArea;
        });
    return tpm.adopt(reply.handle(), publicArea);
  }

  /**
   * Has the TPM check a signature, for a policy.
   *
   * @throws TpmException {@link TpmFailure#BAD_SIGNATURE} when it is not the key's
   */
  public Ticket verify(TpmObject key, Digest digest, TpmSignature signature) throws IOException {
    TpmWriter parameters = new TpmWriter().sized(digest.value().toArray());
    parameters.bytes(signature.encode().toArray());
    TpmCall call = new TpmCall(CommandCode.VERIFY_SIGNATURE).on(key.handle());
    return tpm.run(call.with(parameters)).read(Ticket::read);
  }

  /**
   * Has the TPM check somebody's signature over {@code signed}, for a policy.
   *
   * @param key of whoever signed, as {@link KeyTemplates#verificationKey} makes it
   * @throws TpmException {@link TpmFailure#BAD_SIGNATURE} when it is not the key's
   */
  public Ticket verify(TpmPublic key, Digest signed, TpmSignature signature) throws IOException {
    try (TpmObject loaded = loadPublic(key)) {
      return verify(loaded, signed, signature);
    }
  }

  /** Signs a digest with an unrestricted key, in the key's own scheme. */
  public TpmSignature sign(TpmObject key, Digest digest, TpmSession session) throws IOException {
    TpmWriter parameters = new TpmWriter().sized(digest.value().toArray());
    KeyScheme.NONE.write(parameters);
    parameters.u16(HASH_CHECK_TICKET).u32(TpmHandle.NULL.value()).u16(0);
    TpmCall call = new TpmCall(CommandCode.SIGN).on(key.handle(), session);
    return tpm.run(call.with(parameters)).read(KeyCommands::readSignature);
  }

  /**
   * ECDH: the x coordinate of the shared point, encrypted on the way out.
   *
   * @throws TpmRefusal when {@code theirs} is no point on the curve of {@code key}
   */
  public SecretBytes agree(TpmObject key, ECPublicKey theirs, TpmSession session)
      throws IOException, TpmRefusal {
    TpmCurve curve = TpmCurve.of(theirs);
    if (!(key.publicArea().parameters() instanceof EccParameters ecc) || ecc.curve() != curve) {
      throw TpmRefusal.unsupported("key agreement between different curves");
    }
    TpmWriter parameters = new TpmWriter().sized(curve.encodePoint(theirs.getW()));
    TpmCall call = new TpmCall(CommandCode.ECDH_ZGEN).on(key.handle(), session).secretOut();
    TpmReply reply = tpm.run(call.with(parameters));
    return SecretBytes.take(reply.read(in -> readSharedX(in.sized(MAX_FIELD), curve.size())));
  }

  /** The sealed bytes, encrypted on the way out. */
  public SecretBytes unseal(TpmObject sealed, TpmSession session) throws IOException {
    TpmCall call = new TpmCall(CommandCode.UNSEAL).on(sealed.handle(), session).secretOut();
    return SecretBytes.take(tpm.run(call).read(in -> in.sized(MAX_FIELD)));
  }

  private KeyBlob createFrom(TpmObject parent, TpmWriter creation, TpmSession session)
      throws IOException {
    TpmCall call = new TpmCall(CommandCode.CREATE).on(parent.handle(), session).secretIn();
    return tpm.run(call.with(creation))
        .read(
            in -> {
              Bytes privateArea = Bytes.of(in.sized(KeyBlob.LIMIT));
              TpmPublic publicArea = TpmPublic.parse(Bytes.of(in.sized(TpmPublic.LIMIT)));
              skipCreation(in);
              return new KeyBlob(privateArea, publicArea);
            });
  }

  /** TPM2B_SENSITIVE_CREATE with an empty password, template, no outside data, no PCRs. */
  private static TpmWriter creation(byte[] sealed, TpmPublic template) {
    TpmWriter parameters = new TpmWriter().u16(2 + 2 + sealed.length).u16(0).sized(sealed);
    return parameters.sized(template.encode().toArray()).u16(0).u32(0);
  }

  /** Creation data, hash and ticket: proofs for others, that nobody here asks for. */
  private static void skipCreation(TpmReader in) throws TpmRefusal {
    in.sized(MAX_FIELD);
    in.sized(TpmHash.SHA512.size());
    Ticket.read(in);
  }

  static TpmSignature readSignature(TpmReader in) throws TpmRefusal {
    return TpmSignature.parse(Bytes.of(in.bytes(in.remaining())));
  }

  private static TpmPublic readPublicArea(TpmReader in) throws TpmRefusal {
    TpmPublic publicArea = TpmPublic.parse(Bytes.of(in.sized(TpmPublic.LIMIT)));
    requireName(publicArea, in);
    in.sized(TpmName.LIMIT);
    return publicArea;
  }

  private static void requireName(TpmPublic publicArea, TpmReader in) throws TpmRefusal {
    if (!Bytes.of(in.sized(TpmName.LIMIT)).equals(publicArea.name().value())) {
      throw TpmRefusal.malformed("the object has another name than its public area");
    }
  }

  /** The x of a TPMS_ECC_POINT at full length; the point is zeroed. */
  private static byte[] readSharedX(byte[] point, int size) throws TpmRefusal {
    try {
      TpmReader in = new TpmReader(point);
      byte[] x = in.sized(size);
      Arrays.fill(in.sized(size), (byte) 0);
      in.end();
      byte[] full = new byte[size];
      System.arraycopy(x, 0, full, size - x.length, x.length);
      Arrays.fill(x, (byte) 0);
      return full;
    } finally {
      Arrays.fill(point, (byte) 0);
    }
  }
}
