#include "attacker/tls/tlcp.h"

#include <stddef.h>

const char *tlcp_suite_name(uint16_t id)
{
    static const struct {
        uint16_t id;
        const char *name;
    } rows[] = {
        /* GM/T 0024-2014, from which the standard was made, and nowhere else */
        {0xe001, "ECDHE_SM1_SM3"},
        {0xe003, "ECC_SM1_SM3"},
        {0xe005, "IBSDH_SM1_SM3"},
        {0xe007, "IBC_SM1_SM3"},
        {0xe009, "RSA_SM1_SM3"},
        {0xe00a, "RSA_SM1_SHA1"},
        {0xe01a, "RSA_SM4_CBC_SHA1"},
        /* GB/T 38636 */
        {0xe011, "ECDHE_SM4_CBC_SM3"},
        {0xe013, "ECC_SM4_CBC_SM3"},
        {0xe015, "IBSDH_SM4_CBC_SM3"},
        {0xe017, "IBC_SM4_CBC_SM3"},
        {0xe019, "RSA_SM4_CBC_SM3"},
        {0xe01c, "RSA_SM4_CBC_SHA256"},
        {0xe051, "ECDHE_SM4_GCM_SM3"},
        {0xe053, "ECC_SM4_GCM_SM3"},
        {0xe055, "IBSDH_SM4_GCM_SM3"},
        {0xe057, "IBC_SM4_GCM_SM3"},
        {0xe059, "RSA_SM4_GCM_SM3"},
        {0xe05a, "RSA_SM4_GCM_SHA256"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].id == id)
            return rows[i].name;
    }
    return NULL;
}
