// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

/** The commands we speak (TPM_CC, part 2, 6.5). */
public enum CommandCode {
  NV_UNDEFINE_SPACE(0x122, "TPM2_NV_UndefineSpace"),
  EVICT_CONTROL(0x120, "TPM2_EvictControl"),
  NV_DEFINE_SPACE(0x12a, "TPM2_NV_DefineSpace"),
  CREATE_PRIMARY(0x131, "TPM2_CreatePrimary"),
  NV_INCREMENT(0x134, "TPM2_NV_Increment"),
  NV_EXTEND(0x136, "TPM2_NV_Extend"),
  NV_WRITE(0x137, "TPM2_NV_Write"),
  ACTIVATE_CREDENTIAL(0x147, "TPM2_ActivateCredential"),
  CERTIFY(0x148, "TPM2_Certify"),
  POLICY_NV(0x149, "TPM2_PolicyNV"),
  NV_READ(0x14e, "TPM2_NV_Read"),
  POLICY_SECRET(0x151, "TPM2_PolicySecret"),
  CREATE(0x153, "TPM2_Create"),
  ECDH_ZGEN(0x154, "TPM2_ECDH_ZGen"),
  IMPORT(0x156, "TPM2_Import"),
  LOAD(0x157, "TPM2_Load"),
  QUOTE(0x158, "TPM2_Quote"),
  SIGN(0x15d, "TPM2_Sign"),
  UNSEAL(0x15e, "TPM2_Unseal"),
  CONTEXT_LOAD(0x161, "TPM2_ContextLoad"),
  CONTEXT_SAVE(0x162, "TPM2_ContextSave"),
  FLUSH_CONTEXT(0x165, "TPM2_FlushContext"),
  LOAD_EXTERNAL(0x167, "TPM2_LoadExternal"),
  NV_READ_PUBLIC(0x169, "TPM2_NV_ReadPublic"),
  POLICY_AUTHORIZE(0x16a, "TPM2_PolicyAuthorize"),
  POLICY_OR(0x171, "TPM2_PolicyOR"),
  READ_PUBLIC(0x173, "TPM2_ReadPublic"),
  START_AUTH_SESSION(0x176, "TPM2_StartAuthSession"),
  VERIFY_SIGNATURE(0x177, "TPM2_VerifySignature"),
  GET_CAPABILITY(0x17a, "TPM2_GetCapability"),
  GET_RANDOM(0x17b, "TPM2_GetRandom"),
  PCR_RESET(0x13d, "TPM2_PCR_Reset"),
  PCR_READ(0x17e, "TPM2_PCR_Read"),
  POLICY_PCR(0x17f, "TPM2_PolicyPCR"),
  PCR_EXTEND(0x182, "TPM2_PCR_Extend"),
  POLICY_GET_DIGEST(0x189, "TPM2_PolicyGetDigest");

  private final int code;
  private final String text;

  CommandCode(int code, String text) {
    this.code = code;
    this.text = text;
  }

  int code() {
    return code;
  }

  /** Whether a handle precedes the response's parameters. */
  boolean returnsHandle() {
    return this == CREATE_PRIMARY
        || this == LOAD
        || this == CONTEXT_LOAD
        || this == LOAD_EXTERNAL
        || this == START_AUTH_SESSION;
  }

  /** As the specification writes it. */
  @Override
  public String toString() {
    return text;
  }
}
